"""A delivery at the laboratory's door: what each scan is answered, and whether all agrees."""

from dataclasses import replace

import pytest

from kiosk.vouchers.manifest import Line, Manifest, sign
from kiosk.vouchers.reception import Receipt, Reception
from kiosk.vouchers.token import Signer

SIGNER, FOREIGN = Signer(bytes(32)), Signer(bytes([1]) * 32)
LINES = (Line("035200000104", 10, 1, 95), Line("TB0000000001", 20, 2, None))
MANIFEST = Manifest("r1/wy-0352/a", "B035200000977", 7, 1_653_000_000, "", LINES)


@pytest.fixture
def reception():
    return Reception([SIGNER.public_key])


def scan(reception, *texts):
    return [told and told.receipt for told in map(reception.scan, texts)]


def test_what_agrees_agrees(reception):
    assert not reception.agrees
    assert scan(reception, sign(MANIFEST, SIGNER)) == [Receipt.MANIFEST]
    assert list(reception.missing()) == [("B035200000977", "035200000104"), ("B035200000977", "TB0000000001")]
    assert scan(reception, "035200000104", "TB0000000001") == [Receipt.TICKED, Receipt.TICKED]
    assert reception.agrees


def test_what_is_missing_strange_or_there_twice_is_named(reception):
    texts = (sign(MANIFEST, SIGNER), "035200000104", "035200000298", "035200000104")
    assert scan(reception, *texts)[1:] == [Receipt.TICKED, Receipt.NOT_ON_A_MANIFEST, Receipt.DOUBLED]
    assert [list(found) for found in (reception.strange(), reception.doubled())] == [["035200000298"], ["035200000104"]]
    assert list(reception.missing()) == [("B035200000977", "TB0000000001")]
    assert not reception.agrees


def test_a_code_held_still_is_one(reception):
    assert scan(reception, sign(MANIFEST, SIGNER), "035200000104", "035200000104")[2] is None
    assert list(reception.doubled()) == []


def test_tubes_may_come_before_their_manifest(reception):
    assert scan(reception, "035200000104", "TB0000000001") == [Receipt.NOT_ON_A_MANIFEST] * 2
    scan(reception, sign(MANIFEST, SIGNER))
    assert reception.agrees


def test_of_one_box_the_later_manifest_holds(reception):
    later = replace(MANIFEST, handover=9, lines=LINES[:1])
    assert scan(reception, sign(MANIFEST, SIGNER), sign(later, SIGNER), sign(MANIFEST, SIGNER)) == [
        Receipt.MANIFEST,
        Receipt.MANIFEST,
        Receipt.OUTDATED,
    ]
    assert list(reception.missing()) == [("B035200000977", "035200000104")]


def test_a_tube_on_two_manifests_is_named_for_its_people_are_counted_twice(reception):
    other = replace(MANIFEST, box="B035200000589", handover=9)
    scan(reception, sign(MANIFEST, SIGNER), sign(other, SIGNER), "035200000104", "TB0000000001")
    assert list(reception.on_two()) == ["035200000104", "TB0000000001"]
    assert not reception.agrees


def test_what_a_terminal_would_obey_is_not_shown_to_it(reception):
    assert reception.scan("\x1b[2J\x07").code == "?[2J?"


def test_only_what_a_known_kiosk_signed_is_believed(reception):
    genuine = sign(MANIFEST, SIGNER)
    forged = genuine[:-3] + ("000" if genuine[-3:] != "000" else "111")
    assert scan(reception, sign(MANIFEST, FOREIGN), forged, "KM1:rubbish", genuine.lower()) == [
        Receipt.UNKNOWN_KEY,
        Receipt.WRONG_SIGNATURE,
        Receipt.NOT_A_MANIFEST,
        Receipt.MANIFEST,
    ]
