"""One person with two credentials, or with a voucher of another table: counted once."""

import pytest

from kiosk.credentials import Identity, person, voucher_number
from kiosk.engine.inbox import Scanned
from kiosk.model import Hand
from kiosk.ports import CardKind, CardScan, Signal
from kiosk.vouchers.token import Claims, Signer, subject_of
from table_bench import ROUND_KEY, Bench, listed, resident_number

HEALTH, OTHER = "H" * 40, "G" * 40
THERE = Signer(b"2" * 32)


@pytest.fixture
def bench(make_bench) -> Bench:
    table: Bench = make_bench(pool_size=10).start()
    table.finish()
    table.offer([listed(1, "1号楼"), listed(2, "1号楼")])
    return table


def counts(table: Bench) -> dict[str, int]:
    table.engine.rest()
    table.engine.rest()
    return {str(standing): n for standing, n in table.state.roster.progress["1号楼"].counts.items()}


@pytest.mark.parametrize("by_voucher", [False, True])
def test_who_was_sampled_by_a_health_code_is_listed_once_the_card_is_shown(
    make_bench, bench, number, staff, by_voucher
):
    assert bench.scan(HEALTH) == (Signal.ACCEPTED, "accepted-unlisted")
    bench.finish()
    assert counts(bench) == {"missing": 2}
    assert bench.scan(staff["same-person"]) == (Signal.NOTED, "same-person-asked")
    assert bench.scan("V0352000000158" if by_voucher else HEALTH, hand=Hand.STAFF) == (Signal.NOTED, "same-person-card")
    assert bench.scan(number(1)) == (Signal.NOTED, "same-person")
    assert counts(bench) == {"sampled": 1, "missing": 1}
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    again = make_bench().start()
    assert again.scan(number(1)) == (Signal.REFUSED, "refused.already-sampled")
    assert again.state.counters.totals.samples == 1


def test_who_is_linked_and_taken_back_is_missing_again_and_may_be_sampled_by_the_card(bench, number, staff):
    bench.scan(HEALTH)
    bench.finish()
    for code in (staff["same-person"], HEALTH, number(1)):
        bench.scan(code)
    for code in (staff["void"], number(1), staff["yes"]):
        bench.scan(code)
    assert counts(bench) == {"missing": 2}
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")
    assert counts(bench) == {"sampled": 1, "missing": 1}


def made_one(table: Bench, staff, *codes: str) -> str:
    """What the last of them is told."""
    told = ""
    for code in (staff["same-person"], *codes):
        told = table.scan(code)[1]
        table.finish()
    return told


@pytest.mark.parametrize("by_code", [False, True])
def test_one_person_stays_one_after_the_sample_was_taken_back_whichever_is_shown_then(
    make_bench, bench, number, staff, by_code
):
    bench.scan(HEALTH)
    bench.finish()
    made_one(bench, staff, HEALTH, number(1))
    for code in (staff["void"], number(1), staff["yes"]):
        bench.scan(code)
        bench.finish()
    first, other = (HEALTH, number(1)) if by_code else (number(1), HEALTH)
    assert bench.scan(first)[0] is Signal.ACCEPTED
    bench.finish()
    assert counts(bench) == {"sampled": 1, "missing": 1}
    assert bench.scan(other) == (Signal.REFUSED, "refused.already-sampled")
    again = make_bench().start()
    assert again.scan(other) == (Signal.REFUSED, "refused.already-sampled")
    assert counts(again) == {"sampled": 1, "missing": 1}


def test_three_credentials_of_one_person_are_one_in_whatever_order_they_are_made_so(bench, number, staff):
    bench.scan(HEALTH)
    bench.finish()
    made_one(bench, staff, HEALTH, number(1))
    for code in (staff["void"], HEALTH, staff["yes"], OTHER):
        bench.scan(code)
        bench.finish()
    assert made_one(bench, staff, OTHER, number(1)) == "same-person"
    assert counts(bench) == {"sampled": 1, "missing": 1}
    assert [bench.scan(code)[1] for code in (HEALTH, OTHER, number(1))] == ["refused.already-sampled"] * 3


def test_who_is_known_as_one_is_told_so_again(bench, number, staff):
    bench.scan(HEALTH)
    bench.finish()
    made_one(bench, staff, HEALTH, number(1))
    assert made_one(bench, staff, HEALTH, number(1)) == "same-person"


def test_two_who_were_both_sampled_are_two_places_and_stay_so(bench, number, staff):
    for code in (HEALTH, number(1)):
        bench.scan(code)
        bench.finish()
    for code in (staff["same-person"], HEALTH):
        bench.scan(code)
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.sampled-twice")
    assert bench.state.counters.totals.samples == 2


def test_who_was_not_sampled_is_linked_to_nothing(bench, number, staff):
    bench.scan(staff["same-person"])
    assert bench.scan(number(1)) == (Signal.REFUSED, "refused.not-sampled")
    assert bench.scan(staff["undo"]) == (Signal.NOTED, "undone")
    assert bench.scan(number(1)) == (Signal.ACCEPTED, "accepted")


def voucher(table: Bench, serial: int, issuer: str = "r1/wy-0353/a", signer: Signer = THERE) -> str:
    named = person(Identity(f"id:{resident_number(serial)}", "测试甲"), ROUND_KEY)
    return signer.sign(Claims(issuer, subject_of(named), 1_653_000_000, voucher_number("0353", 1)))


@pytest.fixture
def trusting(make_bench) -> Bench:
    """Its point trusts the other's key."""
    table: Bench = make_bench(pool_size=10)
    table.trust(THERE.public_key)
    table.start().finish()
    table.offer([listed(1, "1号楼"), listed(2, "1号楼")])
    return table


def card(table: Bench, number: str) -> str:
    table.seconds += 10
    before = len(table.shown)
    table.engine.take(
        Scanned("card", CardScan(CardKind.RESIDENT, number, "测试甲"), table.clock().mono_ns, Hand.RESIDENTS)
    )
    return table.shown[before][1].key


def test_a_genuine_voucher_of_another_point_and_then_the_card_count_as_sampled_elsewhere(trusting, number):
    assert trusting.scan(voucher(trusting, 1), hand=Hand.RESIDENTS) == (Signal.NOTED, "elsewhere-card")
    assert card(trusting, number(2)) == "accepted", "somebody else's card is somebody else's"
    assert card(trusting, number(1)) == "exempted.elsewhere"
    assert counts(trusting) == {"sampled": 1, "elsewhere": 1}
    assert trusting.state.counters.totals.samples == 1
    assert card(trusting, number(1)) == "accepted", "whoever wants to be sampled is"


@pytest.mark.parametrize(
    ("issuer", "signer", "told"),
    [
        ("r2/wy-0353/a", THERE, "refused.unknown-code"),
        ("r1/wy-0352/a", THERE, "refused.unknown-code"),
        ("r1/wy-0353/a", Signer(b"3" * 32), "refused.unknown-code"),
    ],
    ids=["another round", "of this very table", "signed by a stranger"],
)
def test_any_other_voucher_proves_nothing(trusting, number, issuer, signer, told):
    assert trusting.scan(voucher(trusting, 1, issuer, signer)) == (Signal.REFUSED, told)
    assert card(trusting, number(1)) == "accepted"


def test_a_voucher_that_names_nobody_proves_nothing(trusting):
    text = THERE.sign(Claims("r1/wy-0353/a", "0010", 1_653_000_000, voucher_number("0353", 1)))
    assert trusting.scan(text) == (Signal.REFUSED, "refused.unknown-code")


def test_a_voucher_is_believed_for_a_minute(trusting, number):
    trusting.scan(voucher(trusting, 1))
    trusting.seconds += 61
    assert card(trusting, number(1)) == "accepted"
