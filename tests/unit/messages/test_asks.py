"""What is asked of a table is understood, or nothing is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.messages import Address
from kiosk.messages.asks import ask_of, asking
from kiosk.model.records import Ask

OWN = Address("cn", "r1", "wy-0352", "a")
ASK = Ask("a1", "0f" * 16, ((1, 3), (7, 7)))


def test_it_comes_as_it_was_said():
    topic, payload = asking(OWN, ASK)
    assert topic == "sampling/v1/cn/r1/wy-0352/a/ask"
    assert ask_of(topic, payload, OWN) == ASK
    assert ask_of(topic, payload, Address("cn", "r1", "wy-0352", "b")) is None


def test_nothing_missing_is_no_ask():
    assert ask_of(*asking(OWN, Ask("a2", "", ())), OWN) is None


@pytest.mark.parametrize(
    "change",
    [
        *({"ranges": each} for each in ([[3, 1]], [[1]], [["1", "2"]], [[0, 2]], [[1, 2]] * 513, [[1, 2**40]])),
        *({"id": "A B"}, {"id": 7}, {"epoch": "x"}),
    ],
    ids=lambda change: str(change)[:40],
)
def test_what_nobody_can_do_is_not_begun(change):
    topic, payload = asking(OWN, ASK)
    assert ask_of(topic, json.dumps(json.loads(payload) | change).encode(), OWN) is None


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_any_bytes_are_passed_over(payload):
    assert ask_of(OWN.topic("ask"), payload, OWN) is None
