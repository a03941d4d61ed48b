"""What can become of a kiosk's files, and what stands in them before and after."""

import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from journal_audit import Ledger, ledger
from kiosk.journal import Journal
from kiosk.model.changes import ServicePaused

JOURNAL, LOG, SHARED = "journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"
DATABASE = (JOURNAL, LOG, SHARED)
CARD = (*DATABASE, "journal.lease", "journal.mark")
"""All that a kiosk remembers."""
OTHER_BLOCK = "0999"


class Act(StrEnum):
    UNLINKED = "removed under the running kiosk"
    OVERWRITTEN = "older backup copied over the running kiosk's file"
    REMOVED = "removed after a kill"
    LOG_REMOVED = "its log removed after a kill"
    PUT_BACK = "older backup put back"
    FLIPPED = "bits flipped"
    DISK_FULL = "disk full"
    ANOTHERS_CARD = "card of another kiosk, then its own again"
    ANOTHERS_JOURNAL = "journal of another kiosk, then its own again"
    EMPTY_CARD = "empty card but for the lease"
    NEW_CARD = "empty card and another block, then its own again"


Files = dict[str, bytes]


def files(state: Path, names: Sequence[str] = DATABASE) -> Files:
    """A copy of what is there."""
    found = {}
    for name in names:
        with suppress(FileNotFoundError):
            found[name] = (state / name).read_bytes()
    return found


def put(state: Path, these: Files, names: Sequence[str] = DATABASE) -> None:
    """Of `names` only these are there afterwards."""
    for name in names:
        (state / name).unlink(missing_ok=True)
    for name, data in these.items():
        (state / name).write_bytes(data)
        (state / name).chmod(0o600)


def flip(state: Path, chance: random.Random) -> None:
    """Some bits, in the journal or its log."""
    name = chance.choice([name for name in (JOURNAL, LOG) if (state / name).exists() and (state / name).stat().st_size])
    data = bytearray((state / name).read_bytes())
    for _ in range(chance.choice((1, 1, 8, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    (state / name).write_bytes(data)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a journal says of its life and of the point."""

    epoch: str
    seq: int
    loss: str | None
    """That staff have not taken note of."""
    told: Ledger


def kept(state: Path) -> Kept | None:
    """Read from a copy: whoever opens the files cleans up what the next start must find. None: it cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (JOURNAL, LOG):
            with suppress(FileNotFoundError):
                shutil.copy(state / name, folder)
        try:
            with closing(sqlite3.connect(Path(folder) / JOURNAL)) as database:
                if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    return None
                epoch, seq, loss = database.execute("SELECT epoch, seq, loss FROM life").fetchone()
            return Kept(epoch, seq, loss, ledger(Path(folder) / JOURNAL))
        except (sqlite3.Error, TypeError, ValueError):
            return None


def card_of_another(folder: Path, round_id: str) -> Files:
    """A kiosk's card after a day of this round elsewhere."""
    with Journal(folder / JOURNAL, round_id) as journal:
        counters = journal.restore(OTHER_BLOCK).counters
        journal.keys(b"its own", b"its own")
        for seq in range(1, 400):
            used = replace(counters, seq=seq, next_tube_serial=seq, next_voucher_serial=seq)
            journal.commit((ServicePaused(False),), used)
    return files(folder, CARD)


def lease_block(config: Path, old: str, new: str) -> None:
    """Writes another block into the configuration."""
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(f"block = {json.dumps(old)}", f"block = {json.dumps(new)}"), encoding="utf-8")
