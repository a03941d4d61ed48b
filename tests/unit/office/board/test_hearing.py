"""What stands at a broker and is no word of a kiosk's is passed over, and said without what stands there."""

import io
import json
from contextlib import suppress
from dataclasses import asdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from district_words import A, counted, fare, fared, healthy, stated
from kiosk.office.board.district import District
from kiosk.office.board.figures import board
from kiosk.office.board.hearing import NotUnderstoodError, said
from kiosk.office.board.lines import lines
from kiosk.office.board.rows import row
from kiosk.office.board.terminal import picture
from kiosk.office.broker_line import Heard
from kiosk.ports import Message
from kiosk.texts import Texts


def test_a_field_that_is_not_known_is_left_alone():
    message = counted(3)
    payload = json.dumps(json.loads(message.payload) | {"later": {"x": 1}}).encode()
    found = said(Heard(message.topic, payload, False), 0)
    assert found is not None
    assert found.table == A


@pytest.mark.parametrize(
    "change",
    [
        {"samples": -1},
        {"samples": 10**12},
        {"samples": "110199199001010010"},
        {"epoch": "e9"},
        {"seq": -3},
        {"ts": 2**60},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_in_words_that_do_not_repeat_it(change):
    message = counted(3)
    payload = json.dumps(json.loads(message.payload) | change).encode()
    with pytest.raises(NotUnderstoodError) as found:
        said(Heard(message.topic, payload, False), 0)
    assert "110199199001010010" not in str(found.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(payload):
    for topic in (counted(1).topic, stated("online", 1).topic):
        with suppress(NotUnderstoodError):
            said(Heard(topic, payload, True), 0)


def test_what_a_board_does_not_read_is_none_of_its_business():
    for topic in (A.topic("people/e/0"), A.topic("tubes/1"), "sampling/v1/x", "other"):
        assert said(Heard(topic, b"{}", True), 0) is None
    assert said(Heard(A.topic("status"), b"", True), 0) is None


def test_a_kiosk_of_an_earlier_release_is_understood():
    """A fleet is never of one release: what was added since must not be missed."""
    message = counted(3)
    older = {name: value for name, value in json.loads(message.payload).items() if name != "records"}
    found = said(Heard(message.topic, json.dumps(older).encode(), False), 0)
    assert found is not None


def changed(message: Message, **others: object) -> bytes:
    return json.dumps(json.loads(message.payload) | others).encode()


UNIT = dict.fromkeys(("listed", "sampled", "other_table", "elsewhere", "exempt", "home_visit", "moved", "died"), 0)


@pytest.mark.parametrize(
    "change",
    [
        {"oldest_tube": 10**400},
        {"oldest_tube": 10**18},
        {"oldest_tube": -5},
        {"p50_ms": float("nan")},
        {"celsius": float("inf")},
        {"hops_ms": {"print": float("nan")}},
        {"tubes": {"open": 10**300}},
    ],
    ids=str,
)
def test_a_figure_that_cannot_be_is_passed_over_and_the_board_stands(change):
    """One table's word must not stop the page, the table and the metrics of all others."""
    message = fared(fare())
    with pytest.raises(NotUnderstoodError):
        said(Heard(message.topic, changed(message, **change), False), 0)


def test_units_of_more_people_than_live_are_passed_over():
    stamp = {"epoch": "e", "seq": 1, "boot": "b", "mono_ms": 1, "ts": 1, "clock_trusted": True}
    unit = UNIT | {"unit": "1", "missing": 0, "listed": 10**400}
    body = stamp | {"roster": 1, "called": None, "units": [unit], "left_out": 0, "unlisted": 0}
    with pytest.raises(NotUnderstoodError):
        said(Heard(A.topic("units"), json.dumps(body).encode(), False), 0)


def test_what_is_refused_is_told_without_the_names_that_stand_in_it():
    message = counted(3)
    payload = changed(message, refused={"110199199001010010": "x"})
    with pytest.raises(NotUnderstoodError, match="refused") as found:
        said(Heard(message.topic, payload, False), 0)
    assert "110199199001010010" not in str(found.value)


def test_a_word_that_is_too_long_to_be_told_to_all_is_passed_over():
    message = healthy()
    payload = changed(message, devices={f"scanner-{n}": False for n in range(5_000)})
    with pytest.raises(NotUnderstoodError, match="bytes"):
        said(Heard(message.topic, payload, False), 0)


def told(message: Message, **others: object) -> District:
    district = District({})
    for topic, payload in (
        (A.topic("status"), stated("online", 1).payload),
        (message.topic, changed(message, **others)),
    ):
        found = said(Heard(topic, payload, False), 1_650_000_000)
        assert found is not None
        district.hear(found)
    return district


def test_words_of_a_later_release_are_shown_as_they_came():
    found = board(told(healthy(), journal="half-eaten"), "r1", 1_650_000_000, connected=True)
    assert "a: journal (half-eaten)" in "\n".join(lines(found, Texts("en"), ZoneInfo("UTC")))


def test_what_a_table_says_does_not_order_a_terminal_about():
    found = board(told(healthy(), devices={"\x1b]0;x\x07": False}), "r1", 1_650_000_000, connected=True)
    shown = "\n".join(lines(found, Texts("en"), ZoneInfo("UTC")))
    assert "a: not there (?]0;x?)" in shown


def test_what_a_table_says_is_no_markup_to_the_terminal():
    found = board(told(healthy(), devices={"[/x]": False}), "r1", 1_650_000_000, connected=True)
    console = Console(file=io.StringIO(), width=200)
    console.print(picture(found, "", Texts("en"), ZoneInfo("UTC"), 40))
    assert "a: not there ([/x])" in console.file.getvalue()  # type: ignore[attr-defined]


def test_all_that_is_understood_can_be_written_down():
    found = board(told(fared(fare()), oldest_tube=2**45 - 1), "r1", 1_650_000_000, connected=True)
    assert len(list(row(found.tiles[0], ZoneInfo("UTC")))) == 10
    assert "NaN" not in json.dumps(asdict(found))
