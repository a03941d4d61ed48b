"""What the camera's process says to the daemon: whole in any pieces, bounded, and never taken for something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.words import HEAD, LONGEST, Alive, Found, Gone, Opened, Word, WordDecoder, encoded
from kiosk.ports import FrameError, Hint, TextScan

NS = st.integers(0, 2**64 - 1)
SCANS = st.builds(TextScan, st.binary(max_size=300), st.booleans())
WORDS: st.SearchStrategy[Word] = st.one_of(
    st.builds(Opened),
    st.builds(Alive),
    st.builds(Found, st.one_of(SCANS, st.sampled_from(Hint)), NS),
    st.builds(Gone, st.text(st.characters(exclude_categories=["Cs"]), max_size=200)),
)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@given(st.lists(WORDS, max_size=8), st.integers(1, 60))
def test_words_come_as_they_were_said_in_whatever_pieces(words, size):
    decoder = WordDecoder()
    data = b"".join(map(encoded, words))
    assert [word for piece in pieces(data, size) for word in decoder.feed(piece)] == words


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_noise_is_words_or_refused_and_nothing_else(noise):
    decoder, told = WordDecoder(), 0
    try:
        for piece in noise:
            told += len(decoder.feed(piece))
    except FrameError:
        return
    assert told <= sum(map(len, noise)) // HEAD.size


@given(WORDS, st.data())
def test_a_torn_word_says_nothing(word, data):
    whole = encoded(word)
    assert WordDecoder().feed(whole[: data.draw(st.integers(0, len(whole) - 1))]) == []


@pytest.mark.parametrize(
    "said",
    [
        b"\0" + bytes(10),
        b"\7" + bytes(10),
        HEAD.pack(3, 0, LONGEST + 1),
        HEAD.pack(5, 0, 4) + b"rain",
        b"Traceback (most",
    ],
)
def test_what_no_process_of_ours_says_is_refused_at_once(said):
    with pytest.raises(FrameError):
        WordDecoder().feed(said)


def test_a_scan_as_bytes():
    assert encoded(Found(TextScan(b"A1"), 258)).hex() == "03000000000000010200024131"
    assert encoded(Found(TextScan(b"", True), 0)).hex() == "0400000000000000000000"


def test_the_longest_words():
    assert len(encoded(Gone("é" * LONGEST))) == HEAD.size + LONGEST
    assert WordDecoder().feed(encoded(Found(TextScan(b"A" * LONGEST), 1))) == [Found(TextScan(b"A" * LONGEST), 1)]
    with pytest.raises(ValueError, match="16385"):
        encoded(Found(TextScan(b"A" * (LONGEST + 1)), 1))


def test_no_payload_is_shown():
    assert "110199" not in repr(Found(TextScan(b"110199199001010010"), 1))
