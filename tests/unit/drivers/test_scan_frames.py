"""Framing of serial scanners."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scan_frames import CodeReader, Framing, TooLong


@pytest.mark.parametrize(
    ("framing", "stream", "codes"),
    [
        (Framing.CR, b"AB\rCD\r", [b"AB", b"CD"]),
        (Framing.CR, b"AB\r\nCD\r\n", [b"AB", b"CD"]),
        (Framing.LF, b"AB\nCD\n", [b"AB", b"CD"]),
        (Framing.CRLF, b"A\rB\r\nCD\r\n", [b"A\rB", b"CD"]),
        (Framing.STX_ETX, b"xx\x02AB\x03\x02CD\x03", [b"AB", b"CD"]),
        (Framing.CR, b"\r\r\r", []),
        (Framing.CR, b"\x00\x00\xffAB\x00\r\xff\x00CD\xff\r", [b"AB", b"CD"]),
        (Framing.STX_ETX, b"\x00\x02\x00AB\x00\x03\xff", [b"AB"]),
        (Framing.LF, b"A\x00B\n", [b"A\x00B"]),
    ],
)
def test_each_framing(framing, stream, codes):
    assert list(CodeReader(framing).feed(stream)) == codes


def test_silence_ends_a_code_without_a_suffix():
    reader = CodeReader(Framing.GAP)
    assert list(reader.feed(b"AB")) == []
    assert list(reader.flush()) == [b"AB"]
    assert not reader.inside


def test_noise_alone_begins_no_code():
    for framing in Framing:
        reader = CodeReader(framing)
        assert list(reader.feed(b"\x00\xff" * 3000)) == []
        assert not reader.inside


def test_ten_kilobytes_are_one_refusal_and_the_next_code_is_read():
    reader = CodeReader(Framing.CR)
    got = [code for _ in range(10) for code in reader.feed(b"x" * 1024)]
    assert got == []
    assert list(reader.feed(b"\rAB\r")) == [TooLong(), b"AB"]


CODES = st.lists(st.binary(min_size=1, max_size=30).filter(lambda code: not set(code) & set(b"\r\n\x02\x03\x00\xff")))


@given(st.sampled_from([Framing.CR, Framing.LF, Framing.CRLF, Framing.STX_ETX]), CODES, st.integers(1, 7))
def test_any_chunking_gives_the_same_codes(framing, codes, size):
    begin, end = {
        Framing.CR: (b"", b"\r"),
        Framing.LF: (b"", b"\n"),
        Framing.CRLF: (b"", b"\r\n"),
        Framing.STX_ETX: (b"\x02", b"\x03"),
    }[framing]
    stream = b"".join(begin + code + end for code in codes)
    reader = CodeReader(framing)
    assert [c for at in range(0, len(stream), size) for c in reader.feed(stream[at : at + size])] == codes


@given(st.sampled_from(Framing), st.lists(st.binary(max_size=5000), max_size=5))
def test_noise_never_raises_nor_grows(framing, chunks):
    reader = CodeReader(framing, longest=100)
    for chunk in chunks:
        for code in reader.feed(chunk):
            assert isinstance(code, TooLong) or len(code) <= 100
    list(reader.flush())
    assert not reader.inside
