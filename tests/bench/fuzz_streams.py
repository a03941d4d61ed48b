"""Streams as devices send them, torn and mixed with noise, and the drivers' decoders of bytes and keys."""

from functools import cache
from random import Random

from drivers import scan_frames
from drivers.escpos import replies as escpos_replies
from drivers.hid_scanner import keys as hid_keys
from drivers.id_card import frames as id_card_frames
from drivers.serial_scanner import language as scanner_language
from drivers.serial_scanner.orders import Model
from fuzz_mutations import Decoder, mutated, noise, pieces
from fuzz_texts import PLAIN, forms
from kiosk import credentials
from kiosk.ports import FrameError
from kiosk.virtual.cards import CardKind, IdCard

ADDRESS_BYTES = 70


def framed(data: bytes) -> bytes:
    """A reply of the card module with a right length and checksum."""
    body = (len(data) + 1).to_bytes(2, "big") + data
    check = 0
    for byte in body:
        check ^= byte
    return id_card_frames.PREAMBLE + body + bytes([check])


CARDS = (
    IdCard("110199199001010010", "测试甲"),
    IdCard("810000190001010018", "测试乙", CardKind.HK_MACAO_TAIWAN, travel_permit="H00000000"),
    IdCard("UTO119900010116", "测试丙", CardKind.FOREIGNER_2017, english_name="TEST, ONE", nationality="UTO"),
    IdCard("911999190001010021", "测试丁", CardKind.FOREIGNER_2023, english_name="TEST, TWO", nationality="UTO"),
)


@cache
def texts() -> tuple[bytes, ...]:
    return tuple(card.text_block() for card in CARDS)


def card_data(rng: Random) -> bytes:
    """A card whose text has up to 40 other bytes; sometimes with fingerprints."""
    text = bytearray(rng.choice(texts()))
    for _ in range(rng.choice((0, 1, 2, 8, 40))):
        text[rng.randrange(len(text))] = rng.choice((rng.randrange(256), 0, 0x20, 0xD8, 0x39))
    if rng.randrange(2):
        return b"\x01\x00\x04\x00" + bytes(text) + bytes(1024)
    return b"\x01\x00\x04\x00\x04\x00" + bytes(text) + bytes(2048)


def card_reply(rng: Random) -> bytes:
    match rng.randrange(6):
        case 0 | 1 | 2:
            return framed(b"\0\0\x90" + card_data(rng))
        case 3:
            return mutated(rng, framed(b"\0\0\x90" + card_data(rng)))
        case 4:
            return noise(rng) + framed(b"\0\0\x9f" + rng.randbytes(rng.choice((0, 70)))) + noise(rng)
        case _:
            return noise(rng)


def read_card(data: bytes) -> None:
    reader = id_card_frames.ReplyReader()
    for piece in pieces(data):
        for reply in reader.feed(piece):
            if isinstance(reply, id_card_frames.Reply):
                read_reply(reply)


def read_reply(reply: id_card_frames.Reply) -> None:
    if len(reply.data) == ADDRESS_BYTES:
        id_card_frames.newest_address(reply.data)
        return
    found = credentials.understand(id_card_frames.card(reply.data), forms(), None)
    if isinstance(found, credentials.Identity):
        credentials.person(found, b"a round key of the bench")


def lines(rng: Random) -> bytes:
    parts = [
        rng.choice((noise(rng), rng.choice(PLAIN))) + rng.choice((b"\r", b"\n", b"\r\n", b"\x03", b"\x02"))
        for _ in "12"
    ]
    return b"".join(parts)


def read_lines(data: bytes) -> None:
    framings = list(scan_frames.Framing)
    reader = scan_frames.CodeReader(framings[len(data) % len(framings)], 1000)
    codes = [code for piece in pieces(data) for code in reader.feed(piece)] + list(reader.flush())
    for code in codes:
        if not isinstance(code, scan_frames.TooLong) and not 0 < len(code) <= 1000:
            raise ValueError(f"a code of {len(code)} bytes")


def ssi(opcode: int, status: int, data: bytes) -> bytes:
    """A packet of a scanner with Zebra's SSI."""
    head = bytes((4 + len(data), opcode, 0, status)) + data
    return head + (-sum(head) & 0xFFFF).to_bytes(2, "big")


def spoken(rng: Random) -> bytes:
    """Packets and answers among codes; whole, torn or with something between them."""
    parts = [
        ssi(0xF3, rng.choice((0, 1, 2, 3)), b"\x01" + rng.choice(PLAIN)[:240]),
        ssi(rng.choice((0xD0, 0xD1, 0xF3)), rng.randrange(256), rng.randbytes(rng.choice((0, 1, 40)))),
        b"\x02\x010000#SCNTRG1" + rng.choice((b"\x06", b"\x15", b"\x05", b"")) + b";\x03",
        rng.choice(PLAIN) + rng.choice((b"\r", b"\r\n", b"")),
        b"%%NoRead\r",
    ]
    data = b"".join(rng.choices(parts, k=rng.choice((1, 2, 4))))
    return data if rng.randrange(4) == 0 else mutated(rng, data)


def read_scanner(data: bytes) -> None:
    models, framings = list(Model), list(scan_frames.Framing)
    kind = len(data) + sum(data[:2])
    language = scanner_language.language(models[kind % len(models)], framings[kind % len(framings)], 9600)
    events = [event for piece in pieces(data) for event in language.feed(piece)] + list(language.fallen_silent())
    for event in events:
        if isinstance(event, scanner_language.Code) and not 0 < len(event.data) <= len(data):
            raise ValueError(f"a code of {len(event.data)} bytes out of {len(data)}")


REPLIES = (b"\x16", b"\x12", b"\x10\0\0\0", b"\x14\0\0\x0f", b"\x37\x22abcd\0", b"\x5fTM-T88\0", b"\0", b"\x13\x11")


def replies(rng: Random) -> bytes:
    if rng.randrange(4) == 0:
        return noise(rng)[:300]
    return mutated(rng, b"".join(rng.choices(REPLIES, k=8)))


def read_replies(data: bytes) -> None:
    reader = escpos_replies.ReplyReader()
    for piece in pieces(data):
        for reply in reader.feed(piece):
            if isinstance(reply, escpos_replies.Automatic):
                escpos_replies.from_automatic(reply.data)
    if len(data) >= 4:
        escpos_replies.from_real_time(*data[:4])


SYNCHRONISED, KEY = 0, 1
REPORT, DROPPED = 0, 3
"""Numbers of Linux' input-event-codes."""


def keys(rng: Random) -> bytes:
    return rng.randbytes(2 * rng.choice((1, 8, 40)))


def read_keys(data: bytes) -> None:
    """Two bytes an event: a key and up, down or again."""
    reader = hid_keys.KeyReader()
    for code, value in zip(data[::2], data[1::2], strict=False):
        reader.event(KEY, code * (1 + value // 200), value % 3)
        if value == 199:
            reader.event(SYNCHRONISED, DROPPED, 0)
            reader.event(SYNCHRONISED, REPORT, 0)
    reader.silence()


STREAM_DECODERS = {
    "drivers.id_card.frames": Decoder(card_reply, read_card, (FrameError,)),
    "drivers.scan_frames": Decoder(lines, read_lines),
    "drivers.serial_scanner.language": Decoder(spoken, read_scanner),
    "drivers.escpos.replies": Decoder(replies, read_replies),
    "drivers.hid_scanner.keys": Decoder(keys, read_keys),
}
