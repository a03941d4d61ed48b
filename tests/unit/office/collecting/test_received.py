"""A message as it came to the row that stands for it."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.office.collecting.received import Row, StrangeError, as_json, in_turns, row_of, topic_of

PLACE = "sampling/v1/cn/r1/wy-0352/a"


def test_a_message_is_a_row():
    payload = b'{"epoch":"e1","seq":7,"ts":1652059121204,"samples":3}'
    said = '{"epoch":"e1","seq":7,"ts":1652059121204,"samples":3}'
    assert row_of(f"{PLACE}/counts/e1", payload) == Row(f"{PLACE}/counts/e1", "e1", 7, 0, 1652059121204, said)


def test_a_status_has_its_connection():
    row = row_of(f"{PLACE}/status", b'{"epoch":"e1","seq":7,"ts":null,"state":"online","connection":65537}')
    assert (row.connection, row.ts) == (65537, None)


def test_what_a_later_release_says_is_taken_too():
    assert row_of(f"{PLACE}/weather/today", b'{"epoch":"e1","seq":0,"rain":true}').seq == 0


@pytest.mark.parametrize(
    ("topic", "payload", "why"),
    [
        ("sampling/v1/cn/r1", b"{}", "no topic of a kiosk's"),
        (f"{PLACE}/heal\x00th", b"{}", "a topic that no kiosk has"),
        (f"{PLACE}/tubes/{'9' * 400}", b"{}", "a topic that no kiosk has"),
        (f"{PLACE}/people/e1/0", b'{"epoch":"e1","seq":1}', "hashes of people, which are for tables only"),
        (f"{PLACE}/health", b"", "empty"),
        (f"{PLACE}/health", b" " * 131073, "too large"),
        (f"{PLACE}/health", b"\xff", "no JSON"),
        (f"{PLACE}/health", b"[" * 100_000, "no JSON"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":1,"x":NaN}', "no JSON"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":1,"x":1e999}', "no JSON"),
        (f"{PLACE}/health", b"[1]", "no JSON object"),
        (f"{PLACE}/health", b'{"seq":1}', "no epoch"),
        (f"{PLACE}/health", b'{"epoch":"","seq":1}', "no epoch"),
        (f"{PLACE}/health", b'{"epoch":"e1"}', "no seq"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":true}', "no seq"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":-1}', "no seq"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":1,"ts":-5}', "a time that cannot be"),
        (f"{PLACE}/health", b'{"epoch":"e1","seq":1,"mono_ms":"x"}', "a time that cannot be"),
        (f"{PLACE}/counts/e2", b'{"epoch":"e1","seq":1}', "the epoch of another topic"),
        (f"{PLACE}/status", b'{"epoch":"e1","seq":1}', "no state"),
        (f"{PLACE}/status", b'{"epoch":"e1","seq":1,"state":"lost","connection":-1}', "a connection that cannot be"),
    ],
)
def test_what_no_kiosk_says_is_refused_in_words(topic, payload, why):
    with pytest.raises(StrangeError, match=f"^{why}$"):
        row_of(topic, payload)


@given(st.text(), st.binary())
def test_whatever_comes_is_a_row_or_strange(leaf, payload):
    try:
        row = row_of(f"{PLACE}/{leaf}", payload)
    except StrangeError:
        return
    assert json.loads(as_json([row]))[0]["seq"] == row.seq


@given(st.text(min_size=1, max_size=30))
def test_a_tubes_topic_comes_back_from_rabbitmqs_dots(code):
    topic = f"{PLACE}/tubes/{quote(code, safe='')}"
    assert topic_of(topic.replace("/", ".")) == topic


@pytest.mark.parametrize("leaf", ["status", "counts/e1", "people/e1/7", "tubes/A.B%2FC", "answer/e1/7"])
def test_each_topic_comes_back_from_rabbitmqs_dots(leaf):
    assert topic_of(f"{PLACE}/{leaf}".replace("/", ".")) == f"{PLACE}/{leaf}"


def test_what_a_topic_says_twice_is_written_in_turns():
    first, other, second = (Row(topic, "e1", seq, 0, None, "{}") for topic, seq in (("a", 1), ("b", 1), ("a", 2)))
    assert in_turns([first, other, second]) == [[first, other], [second]]


def test_rows_go_to_the_database_as_one_text():
    row = Row(f"{PLACE}/health", "e1", 1, 0, None, '{"seq":1}')
    told = {"topic": f"{PLACE}/health", "epoch": "e1", "seq": 1, "connection": 0, "ts": None, "payload": {"seq": 1}}
    assert json.loads(as_json([row])) == [told]
