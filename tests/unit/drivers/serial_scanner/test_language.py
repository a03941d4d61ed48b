"""What serial scanners say, in text and in SSI packets; literal bytes from the notes and by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.dialogue import Send
from drivers.scan_frames import Framing, TooLong, Torn
from drivers.serial_scanner.language import Code, NoRead, language
from drivers.serial_scanner.orders import Answer, Model
from drivers.serial_scanner.ssi import packet

ACK = bytes.fromhex("04 D0 04 00 FF 28")
RESEND = bytes.fromhex("05 D1 04 00 01 FF 25")
# Length 07, F3, decoder, status, Code 128 (03), "A1"; sums by hand.
A1 = bytes.fromhex("07 F3 00 00 03 41 31 FE 91")
A1_AGAIN = bytes.fromhex("07 F3 00 01 03 41 31 FE 90")
A1_CONTINUES = bytes.fromhex("07 F3 00 02 03 41 31 FE 8F")
TAKEN = bytes.fromhex("04 D0 00 00 FF 2C")
DENIED = bytes.fromhex("05 D1 00 00 06 FF 24")
EVENT = bytes.fromhex("05 F6 00 00 01 FF 04")
ENDS = {
    Framing.CR: (b"", b"\r"),
    Framing.LF: (b"", b"\n"),
    Framing.CRLF: (b"", b"\r\n"),
    Framing.TAB: (b"", b"\t"),
    Framing.STX_ETX: (b"\x02", b"\x03"),
}


def ssi(*parts: bytes):
    line = language(Model.SSI, Framing.CR, 9600)
    return [event for part in parts for event in line.feed(part)], line


def test_the_host_s_packets_are_those_of_the_manual():
    assert packet(0xE4) == bytes.fromhex("04 E4 04 00 FF 14")
    assert packet(0xE5) == bytes.fromhex("04 E5 04 00 FF 13")
    assert packet(0xD0) == ACK


def test_a_packet_is_acknowledged_before_its_code_is_handed_on():
    assert ssi(A1)[0] == [Send(ACK), Code(b"A1")]


def test_a_repeat_is_acknowledged_and_dropped_and_a_new_scan_of_the_same_code_is_not():
    events, _ = ssi(A1, A1_AGAIN, A1, A1_AGAIN)
    assert events == [Send(ACK), Code(b"A1"), Send(ACK), Send(ACK), Code(b"A1"), Send(ACK)]


def test_a_repeat_of_what_never_came_whole_is_a_code():
    assert ssi(A1_AGAIN)[0] == [Send(ACK), Code(b"A1")]


def test_parts_are_joined_also_if_one_comes_twice():
    again = bytes.fromhex("07 F3 00 03 03 41 31 FE 8E")
    assert ssi(A1_CONTINUES, again, A1)[0] == [Send(ACK), Send(ACK), Send(ACK), Code(b"A1A1")]


@pytest.mark.parametrize(
    ("wire", "events"),
    [
        (TAKEN, [Answer(True)]),
        (DENIED, [Answer(False)]),
        (bytes.fromhex("05 D1 00 00 01 FF 29"), [NoRead()]),
        (EVENT, [Send(ACK)]),
    ],
)
def test_answers_and_events(wire, events):
    assert ssi(wire)[0] == events


def test_a_wrong_sum_is_asked_for_again_when_the_line_falls_silent():
    events, line = ssi(A1[:-1] + b"\x00")
    assert events == []
    assert line.patience == pytest.approx(0.1)
    assert list(line.fallen_silent()) == [Send(RESEND)]
    assert line.patience is None


def test_a_code_whose_other_parts_do_not_come_is_torn():
    _, line = ssi(A1_CONTINUES)
    assert list(line.fallen_silent()) == [Torn()]
    assert line.patience is None


PACKETS = st.lists(st.sampled_from([A1, A1_AGAIN, A1_CONTINUES, TAKEN, DENIED, EVENT]), max_size=6)


@given(PACKETS, st.data())
def test_any_chunking_of_packets_gives_the_same_events(packets, data):
    stream = b"".join(packets)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert ssi(*pieces)[0] == ssi(*packets)[0]


@given(st.binary(max_size=60))
def test_garbage_before_a_packet_does_not_hide_it(noise):
    line = language(Model.SSI, Framing.CR, 9600)
    events = [*line.feed(noise), *line.feed(A1), *line.fallen_silent()]
    assert events[-2:] == [Send(ACK), Code(b"A1")]


@pytest.mark.parametrize("framing", ENDS)
@given(
    codes=st.lists(
        st.binary(min_size=1, max_size=40).filter(lambda code: not set(code) & set(b"\r\n\t\x02\x03\x00\xff"))
    ),
    noises=st.lists(st.binary(max_size=30)),
    data=st.data(),
)
def test_any_chunking_of_text_gives_the_same_codes_whatever_stands_between(framing, codes, noises, data):
    begin, end = ENDS[framing]
    noises = [noise + end for noise in noises] + [b""] * len(codes)
    stream = b"".join(noise + begin + code + end for noise, code in zip(noises, codes, strict=False))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))
    line = language(Model.PLAIN, framing, 9600)
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    events = [event for piece in pieces for event in line.feed(piece)]
    assert events == list(language(Model.PLAIN, framing, 9600).feed(stream))
    found = iter(events)
    assert all(Code(code) in found for code in codes)


@given(
    st.lists(st.binary(min_size=1, max_size=40).filter(lambda code: code.strip(b"\r\n\x00\xff") == code), max_size=4)
)
def test_by_gap_each_silence_ends_a_code(codes):
    line = language(Model.PLAIN, Framing.GAP, 9600)
    events = [event for code in codes for part in (line.feed(code), line.fallen_silent()) for event in part]
    assert events == [Code(code) for code in codes]


@pytest.mark.parametrize(("baud", "gap_s"), [(9600, 0.0302), (115200, 0.01)])
def test_the_gap_is_29_characters_or_10_ms(baud, gap_s):
    line = language(Model.PLAIN, Framing.GAP, baud)
    list(line.feed(b"A"))
    assert line.patience == pytest.approx(gap_s, abs=0.0001)


def test_an_endless_beginning_does_not_hide_the_code_behind_it():
    line = language(Model.PLAIN, Framing.STX_ETX, 9600)
    assert list(line.feed(b"\x02" + b"x" * 5000)) == []
    assert list(line.feed(b"\x02A1\x03")) == [Code(b"A1")]


def test_a_code_without_an_end_is_told():
    line = language(Model.PLAIN, Framing.CR, 9600)
    assert list(line.feed(b"x" * 5000)) == []
    assert list(line.feed(b"\rA1\r")) == [TooLong(), Code(b"A1")]


ENDED = [Framing.CR, Framing.LF, Framing.CRLF, Framing.TAB]
TOKEN = b"k3Zp9QxW0aLr7TnVb2YcM5dJ8eHs1FuGq4wRi6oNtXyAzBvCgDhEjKlPmSfUI-_O"


def played(line, *script):
    """Bytes and seconds of silence, as the driver tells them."""
    now, events = 100.0, []
    for each in script:
        if isinstance(each, bytes):
            events += line.feed(each, now)
            continue
        if line.patience is not None and each >= line.patience:
            events += line.fallen_silent(now + line.patience)
        now += each
    return events


@pytest.mark.parametrize("framing", ENDED)
def test_the_rest_of_a_torn_code_is_no_code(framing):
    _, end = ENDS[framing]
    line = language(Model.PLAIN, framing, 9600)
    assert played(line, TOKEN[:32], 0.6, TOKEN[32:] + end + b"A1" + end) == [Torn(), Code(b"A1")]


@pytest.mark.parametrize("framing", ENDED)
def test_also_if_only_its_end_is_late(framing):
    _, end = ENDS[framing]
    line = language(Model.PLAIN, framing, 9600)
    parts = [part for byte in end for part in (bytes([byte]), 0.6)]
    assert played(line, TOKEN, 0.6, *parts, TOKEN + end) == [Torn(), Code(TOKEN)]
    assert played(language(Model.PLAIN, framing, 9600), TOKEN + end[:1], 0.6, end[1:], b"A1" + end)[-1] == Code(b"A1")


def test_a_code_that_pauses_twice_is_told_twice_and_its_rest_is_no_code():
    line = language(Model.PLAIN, Framing.CR, 9600)
    assert played(line, TOKEN[:20], 4, TOKEN[20:40], 4, TOKEN[40:] + b"\rA1\r") == [Torn(), Torn(2), Code(b"A1")]


def test_what_is_shown_again_is_taken_at_once_and_what_comes_later_in_any_case():
    line = language(Model.PLAIN, Framing.CR, 9600)
    assert played(line, TOKEN[:20], 1, TOKEN + b"\r") == [Torn(), Code(TOKEN)]
    assert played(line, TOKEN[:20], 5.7, b"A1\r") == [Torn(), Code(b"A1")]


def test_noise_and_answers_do_not_put_off_the_next_code_for_ever():
    line = language(Model.NEWLAND, Framing.CR, 9600)
    answer = b"\x02\x010000#SCNTRG1\x06;\x03"
    assert played(line, TOKEN[:20], 3, answer, 3, b"A1\r") == [Torn(), Answer(True), Code(b"A1")]


def test_a_sign_of_the_beginning_tells_the_next_code_from_the_rest():
    line = language(Model.PLAIN, Framing.STX_ETX, 9600)
    script = b"\x02" + TOKEN[:32], 0.6, TOKEN[32:] + b"\x03\x02A1\x03"
    assert played(line, *script) == [Torn(), Code(b"A1")]
    assert played(line, b"\x02" + TOKEN[:32], 0.6, b"\x02A1\x03") == [Torn(), Code(b"A1")]


def test_the_rest_of_a_code_that_was_too_long_is_no_code():
    line = language(Model.PLAIN, Framing.CR, 9600)
    assert played(line, b"9" * 5000, 0.6, TOKEN + b"\rA1\r") == [TooLong(), Code(b"A1")]


@given(st.integers(1, 63), st.floats(0.5, 4.9), st.sampled_from([*ENDED, Framing.STX_ETX]))
def test_no_pause_makes_a_part_of_a_code_a_code(at, pause, framing):
    begin, end = ENDS[framing]
    wire = begin + TOKEN + end
    events = played(language(Model.PLAIN, framing, 9600), wire[:at], pause, wire[at:], 6, begin + b"A1" + end)
    assert [event for event in events if isinstance(event, Code)] == [Code(b"A1")]


def test_the_second_end_of_a_code_is_no_torn_code():
    line = language(Model.PLAIN, Framing.CR, 9600)
    assert list(line.feed(b"A1\r\n")) == [Code(b"A1")]
    assert line.patience is None


def test_no_read_is_no_code_with_the_one_maker_that_says_it():
    assert list(language(Model.ZKTECO, Framing.CR, 9600).feed(b"%%NoRead\r")) == [NoRead()]
    assert list(language(Model.PLAIN, Framing.CR, 9600).feed(b"%%NoRead\r")) == [Code(b"%%NoRead")]


def test_an_answer_stands_between_codes_and_is_none():
    line = language(Model.NEWLAND, Framing.CR, 9600)
    wire = b"A1\r\x02\x010000#SCNTRG1\x06;\x03B2\r"
    assert [event for byte in wire for event in line.feed(bytes([byte]))] == [
        Code(b"A1"), Answer(True), Code(b"B2")
    ]  # fmt: skip


def test_no_event_shows_what_was_scanned():
    assert "110199" not in repr(ssi(A1)) + repr(Code(b"110199199001010010"))
