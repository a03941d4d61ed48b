"""What stands at a broker and is no word of a kiosk's is passed over, and said without what stands there."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district_words import A, counted, stated
from kiosk.office.board.hearing import NotUnderstoodError, said
from kiosk.office.broker_line import Heard


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
