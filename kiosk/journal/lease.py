"""The lease file beside the journal: how far each leased block may have been used, and which journal was last written.

It is written ahead by stretches, so a journal that is lost, rolled back or restored from a backup never yields a number
again: what stands between the journal's last number and the end of the stretch is given up.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, field
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.journal.disk import replace_whole


@dataclass(frozen=True, slots=True)
class Reserve:
    """The last serials of a block that may have been used."""

    tubes: int = 0
    vouchers: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """`epoch` and `seq` name a commit that the journal had for certain; `clean`: its last one. `spoilt`: somebody else
    wrote in the journal. `next_epoch` is what the journal is about to be called, or is called already."""

    epoch: str
    seq: int
    clean: bool
    blocks: Mapping[str, Reserve] = field(default_factory=dict)
    spoilt: bool = False
    next_epoch: str = ""

    def reserve(self, block: str) -> Reserve:
        return self.blocks.get(block, Reserve())


def read(file: Path) -> Lease | None:
    """None if there is none, or none that can be believed. Raises OSError."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return None
    try:
        digest, _, body = text.partition(b"\n")
        if _digest(body) != digest:
            return None
        found = json.loads(body)
        blocks = {block: Reserve(**reserve) for block, reserve in found["blocks"].items()}
        return Lease(found["epoch"], found["seq"], found["clean"], blocks, found["spoilt"], found["next_epoch"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def write(file: Path, lease: Lease) -> None:
    """All of it or nothing, and on the disk when this returns. Raises OSError."""
    body = json.dumps(asdict(lease), sort_keys=True).encode()
    replace_whole(file, _digest(body) + b"\n" + body)


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:32].encode()
