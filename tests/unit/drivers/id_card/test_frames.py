"""Frames of the ID-card module, byte by byte from the protocol notes; fictitious people."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card.frames import FIND, READ_BASE, SELECT, STATUS, Noise, Reply, ReplyReader, card
from kiosk.ports import CardKind, FrameError

HEAD = bytes.fromhex("AAAAAA9669")
NO_CARD = bytes.fromhex("AAAAAA96690004000080 84")
FOUND = bytes.fromhex("AAAAAA9669000800009F0000000097")
READ_HEAD = bytes.fromhex("AAAAAA9669050800009001000400")


def block(**fields: str) -> bytes:
    """A text block with fields at their byte offsets, the rest spaces."""
    text = bytearray(" ".encode("utf-16-le") * 128)
    for at, value in fields.items():
        data = value.encode("utf-16-le")
        text[int(at[1:]) : int(at[1:]) + len(data)] = data
    return bytes(text)


RESIDENT = block(
    _0="测试甲", _30="1", _32="01", _36="19900101", _52="示例市样本区虚构路1号", _122="110199199001010010",
    _158="示例市公安局样本分局", _188="20200101", _204="20400101",
)  # fmt: skip


def frame(text: bytes, check: int) -> bytes:
    return READ_HEAD + text + bytes(1024) + bytes([check])


@pytest.mark.parametrize(
    ("command", "wire"),
    [
        (FIND, "AAAAAA9669000320 01 22"),
        (SELECT, "AAAAAA9669000320 02 21"),
        (READ_BASE, "AAAAAA9669000330 01 32"),
        (STATUS, "AAAAAA9669000311 FF ED"),
    ],
)
def test_commands_are_those_of_the_vendor_table(command, wire):
    assert command == bytes.fromhex(wire)


def test_the_golden_resident_frame_is_read():
    wire = frame(RESIDENT, 0xAB)
    assert hashlib.sha256(wire).hexdigest()[:16] == "dd95ad592526be58"
    (reply,) = ReplyReader().feed(wire)
    assert isinstance(reply, Reply)
    scan = card(reply.data)
    assert (scan.kind, scan.number, scan.name) == (CardKind.RESIDENT, "110199199001010010", "测试甲")


@pytest.mark.parametrize(
    ("text", "kind", "number", "name"),
    [
        (block(_0="测试丙", _122="810000190001010018", _248="J"), "hmt-permit", "810000190001010018", "测试丙"),
        (block(_0="TEST, PERSON ONE", _122="UTO119900010116", _158="测试丁", _248="I"), "foreigner-2017",
         "UTO119900010116", "测试丁"),
        (block(_0="TEST, PERSON ONE", _122="UTO119900010116", _248="I"), "foreigner-2017",
         "UTO119900010116", "TEST, PERSON ONE"),
        (block(_0="测试丁", _52="TEST", _122="911999190001010021", _248="Y"), "foreigner-2023",
         "911999190001010021", "测试丁"),
        (block(_52="ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGH", _220="IJK", _122="911999190001010021", _248="Y"),
         "foreigner-2023", "911999190001010021", "ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGHIJK"),
    ],
)  # fmt: skip
def test_every_card_kind(text, kind, number, name):
    scan = card(b"\x01\x00\x04\x00" + text + bytes(1024))
    assert (scan.kind, scan.number, scan.name) == (kind, number, name)


BLANKS = st.text(st.sampled_from(" \0\u3000\u00a0\t\u2003\ufeff\uffff"), max_size=15)


@given(BLANKS, BLANKS)
def test_a_foreigners_card_whose_chinese_name_is_blanks_has_its_english_name(blanks, around):
    of_2023 = block(_0=blanks, _52="TEST, PERSON ONE" + around, _122="911999190001010021", _248="Y")
    of_2017 = block(_0="TEST, PERSON ONE" + around, _122="UTO119900010116", _158=blanks, _248="I")
    for text in (of_2023, of_2017):
        assert card(b"\x01\x00\x04\x00" + text + bytes(1024)).name == "TEST, PERSON ONE"


def test_an_english_name_that_goes_on_at_a_blank_keeps_it():
    text = block(_52="ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFG ", _220="HIJK", _122="911999190001010021", _248="Y")
    assert card(b"\x01\x00\x04\x00" + text + bytes(1024)).name == "ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFG HIJK"


def test_a_read_with_fingerprints_starts_its_text_two_bytes_later():
    scan = card(b"\x01\x00\x04\x00\x04\x00" + RESIDENT + bytes(1024) + bytes(1024))
    assert scan.number == "110199199001010010"


def test_neither_scan_nor_reply_shows_an_identity():
    reply = next(iter(ReplyReader().feed(frame(RESIDENT, 0xAB))))
    assert isinstance(reply, Reply)
    shown = repr(reply) + repr(card(reply.data))
    assert "1101991990" not in shown
    assert "测试甲" not in shown


def test_a_wrong_checksum_is_noise_and_the_next_frame_is_read():
    replies = list(ReplyReader().feed(frame(RESIDENT, 0xAC) + NO_CARD))
    assert Noise() in replies
    assert replies[-1] == Reply(0x80, b"")


def test_a_short_text_block_is_a_frame_error():
    with pytest.raises(FrameError):
        card(b"\x01\x00\x04\x00" + bytes(100))


@given(st.lists(st.sampled_from([NO_CARD, FOUND, frame(RESIDENT, 0xAB)]), max_size=4), st.data())
def test_any_chunking_gives_the_same_replies(frames, data):
    stream = b"".join(frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = ReplyReader()
    got: list[Reply | Noise] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        got += reader.feed(stream[start:end])
    assert got == list(ReplyReader().feed(stream))
    assert len(got) == len(frames)


@given(st.lists(st.binary(max_size=40).filter(lambda noise: HEAD not in noise), min_size=1, max_size=4))
def test_garbage_between_frames_never_hides_the_next_good_one(noises):
    stream = b"".join(noise + b"\xaa" + FOUND for noise in noises)
    found = [reply for reply in ReplyReader().feed(stream) if isinstance(reply, Reply)]
    assert found == [Reply(0x9F, bytes(4))] * len(noises)


@given(st.binary(max_size=3000))
def test_no_bytes_raise_but_frame_errors(data):
    for reply in ReplyReader().feed(data):
        if isinstance(reply, Reply):
            try:
                card(reply.data)
            except FrameError:
                continue
