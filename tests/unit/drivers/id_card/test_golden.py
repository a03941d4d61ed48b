"""Whole replies of the ID-card module as literal bytes, from the vendor protocol; fictitious people."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.id_card.frames import Noise, Reply, ReplyReader, card, newest_address
from drivers.id_card.status import Remedy, in_words, remedy
from golden_cards import FOREIGNER_2017, FOREIGNER_2023, HMT_PERMIT, RESIDENT
from kiosk.ports import CardKind, CardScan, FrameError

READ_HEAD = bytes.fromhex("aaaaaa9669 0508 000090 0100 0400")
ADDRESS = bytes.fromhex(
    "aaaaaa9669004a000090"
    "3a798b4f025e37682c673a535a868467ef8d3900f75320002000200020002000"
    "2000200020002000200020002000200020002000200020002000200020002000"
    "200020002000"
    "bc"
)


def only(wire: bytes) -> Reply:
    (found,) = ReplyReader().feed(wire)
    assert isinstance(found, Reply)
    return found


@pytest.mark.parametrize(
    ("text", "check", "digest", "scan"),
    [
        (RESIDENT, 0xAB, "dd95ad592526be58", CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲")),
        (HMT_PERMIT, 0xEA, "d81022a8b04888ad", CardScan(CardKind.HMT_PERMIT, "810000190001010018", "测试丙")),
        (FOREIGNER_2017, 0x94, "aa9e87229dde6cea", CardScan(CardKind.FOREIGNER_2017, "UTO119900010116", "测试丁")),
        (FOREIGNER_2023, 0xF2, "f4134235ab1ae98a", CardScan(CardKind.FOREIGNER_2023, "911999190001010021", "测试丁")),
    ],
)
def test_the_read_of_each_kind_of_card(text, check, digest, scan):
    wire = READ_HEAD + text + bytes(1024) + bytes([check])
    assert hashlib.sha256(wire).hexdigest()[:16] == digest
    assert card(only(wire).data) == scan


@pytest.mark.parametrize(
    ("head", "fingerprints", "check", "size"),
    [
        ("aaaaaa9669 090a 000090 0100 0400 0400", 1024, 0xA1, 2321),
        ("aaaaaa9669 070a 000090 0100 0400 0200", 512, 0xA9, 1809),
        ("aaaaaa9669 050a 000090 0100 0400 0000", 0, 0xA9, 1297),
    ],
)
def test_a_read_with_fingerprints_begins_its_text_two_bytes_later(head, fingerprints, check, size):
    wire = bytes.fromhex(head) + RESIDENT + bytes(1024 + fingerprints) + bytes([check])
    assert len(wire) == size
    assert card(only(wire).data) == CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲")


def test_a_card_without_a_photo():
    # CHK of the whole read, less its LEN 05 08 and photo length 04: AB ^ 05 ^ 08 ^ 04 ^ 01 ^ 08 = AB.
    wire = bytes.fromhex("aaaaaa9669 0108 000090 0100 0000") + RESIDENT + b"\xab"
    assert card(only(wire).data).number == "110199199001010010"


def test_the_newest_address():
    assert len(ADDRESS) == 81
    assert newest_address(only(ADDRESS).data) == "示例市样本区虚构路9号"


@pytest.mark.parametrize(
    ("wire", "status", "words", "what_to_do"),
    [
        ("aaaaaa9669 0004 000090 94", 0x90, "90 done", Remedy.NONE),
        ("aaaaaa9669 0004 000091 95", 0x91, "91 no such item", Remedy.NONE),
        ("aaaaaa9669 0004 000080 84", 0x80, "80 no card", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000081 85", 0x81, "81 select failed", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000010 14", 0x10, "10 command checksum wrong", Remedy.RESEND),
        ("aaaaaa9669 0004 000011 15", 0x11, "11 command length wrong", Remedy.RESEND),
        ("aaaaaa9669 0004 000021 25", 0x21, "21 command unknown", Remedy.REFUSE),
        ("aaaaaa9669 0004 000023 27", 0x23, "23 not allowed", Remedy.REFUSE),
        ("aaaaaa9669 0004 000024 20", 0x24, "24 unspecified error", Remedy.RESET),
        ("aaaaaa9669 0004 000031 35", 0x31, "31 card refused module", Remedy.REFUSE),
        ("aaaaaa9669 0004 000032 36", 0x32, "32 module refused card", Remedy.REFUSE),
        ("aaaaaa9669 0004 000033 37", 0x33, "33 information check failed", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000037 33", 0x37, "37 fingerprint check failed", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 00003f 3b", 0x3F, "3F information length wrong", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000040 44", 0x40, "40 no id card", Remedy.REFUSE),
        ("aaaaaa9669 0004 000041 45", 0x41, "41 read failed", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000047 43", 0x47, "47 no random number", Remedy.LOOK_AGAIN),
        ("aaaaaa9669 0004 000060 64", 0x60, "60 self test failed", Remedy.BROKEN),
        ("aaaaaa9669 0004 000066 62", 0x66, "66 not authorised", Remedy.BROKEN),
        ("aaaaaa9669 0004 000005 01", 0x05, "05 unknown status", Remedy.REFUSE),
        ("aaaaaa9669 0008 00009f 00000000 97", 0x9F, "9F card found", Remedy.NONE),
        ("aaaaaa9669 000c 000090 0000000000000000 9c", 0x90, "90 done", Remedy.NONE),
        ("aaaaaa9669 0004 698241 ae", 0x41, "41 read failed", Remedy.LOOK_AGAIN),
    ],
)
def test_every_status_word(wire, status, words, what_to_do):
    reply = only(bytes.fromhex(wire))
    assert (reply.status, in_words(reply.status), remedy(reply.status)) == (status, words, what_to_do)


@pytest.mark.parametrize("length", [0, 1, 69, 71])
def test_an_address_of_another_length_is_a_frame_error(length):
    with pytest.raises(FrameError):
        newest_address(bytes(length))


@pytest.mark.parametrize("lengths", ["01000400", "01000401", "00ff0400", "010004000001", "01000000ffff"])
def test_lengths_that_do_not_explain_the_data_are_a_frame_error(lengths):
    with pytest.raises(FrameError):
        card(bytes.fromhex(lengths) + RESIDENT + bytes(1023))


NO_CARD = bytes.fromhex("aaaaaa9669 0004 000080 84")


@given(st.integers(0, 1294), st.integers(8, 1295))
def test_a_reply_behind_the_beginning_of_a_torn_one_is_found_when_the_line_falls_silent(cut, size):
    torn = (READ_HEAD + RESIDENT + bytes(1024))[: min(cut, size)]
    reader = ReplyReader()
    found = [*reader.feed(torn + NO_CARD), *reader.fallen_silent()]
    assert [each for each in found if isinstance(each, Reply)] == [Reply(0x80, b"")]
    assert not reader.inside


@given(st.binary(max_size=60), st.integers(0, 6))
def test_a_false_beginning_hides_no_reply(noise, extra):
    reader = ReplyReader()
    false = bytes.fromhex("aaaaaa9669 0905") + noise.replace(b"\xaa", b"\x55") + b"\xaa" * extra
    found = [*reader.feed(false), *reader.feed(NO_CARD), *reader.fallen_silent()]
    assert found[-1] == Reply(0x80, b"")
    assert Noise() in found
