"""What every decoder is fed with: noise, and whole inputs with some changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

LONGEST = 4096
"""Bytes of one input; what the scanners' drivers let through."""


@dataclass(frozen=True, slots=True)
class Decoder:
    """`make` draws an input, `feed` gives it to the decoder; only `declared` exceptions may come out."""

    make: Callable[[Random], bytes]
    feed: Callable[[bytes], None]
    declared: tuple[type[Exception], ...] = ()


def mutated(rng: Random, data: bytes) -> bytes:
    """One to eight changes: a byte, a bit, a cut, a repetition, something put in."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        at = rng.randrange(len(found) + 1)
        match rng.randrange(6):
            case 0:
                found[at : at + 1] = rng.randbytes(1)
            case 1 if at < len(found):
                found[at] ^= 1 << rng.randrange(8)
            case 2:
                del found[at : at + rng.choice((1, 1, 2, 16, LONGEST))]
            case 3:
                found[at:at] = found[at : at + rng.choice((1, 2, 16, 256))]
            case 4:
                found[at:at] = rng.randbytes(rng.choice((1, 2, 16)))
            case _:
                found[at:at] = rng.choice((b"\0", b"\r\n", b"<<", b"/", b"\xff", "９".encode(), b"9", b"-"))
    return bytes(found[:LONGEST])


def noise(rng: Random) -> bytes:
    return rng.randbytes(rng.choice((0, 1, 2, 4, 16, 64, 300, 2000)))


def pieces(data: bytes) -> Iterator[bytes]:
    """The same cuts for the same data: at sizes that its first byte gives."""
    size = 1 + (data[0] if data else 0)
    return (data[at : at + size] for at in range(0, len(data), size))
