"""Base45 by the examples of RFC 9285, and its refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.encodings import base45


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
        (b"\xff\xff", "FGW"),
    ],
)
def test_examples_of_rfc_9285(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", ":::", "V5", "::", "A", "BB8A", "bb8", "BB_", "ＢB8", "BB8\n"])
def test_what_no_bytes_make_is_refused(text):
    with pytest.raises(ValueError, match=r"group|stands alone|not found"):
        base45.decode(text)


@given(st.binary(max_size=60))
def test_round_trip(data):
    assert base45.decode(base45.encode(data)) == data


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30))
def test_no_two_texts_give_the_same_bytes(text):
    try:
        data = base45.decode(text)
    except ValueError:
        return
    assert base45.encode(data) == text
