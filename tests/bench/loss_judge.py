"""Whether what was lost was told, to staff and to the centre, and nothing else was."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kiosk.model import Loss
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk.virtual.demo.table import DemoTable
from loss_acts import Act, Kept, kept
from storm_people import People
from storm_table import Outcome

TELLS_S, TOLD_S = 15.0, 2.0
NOTES = {f"question.{loss}" for loss in Loss}


@dataclass(slots=True)
class LossOutcome(Outcome):
    """What one table's losses came to."""

    done: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    """How often something really was gone."""
    told: Counter[str] = field(default_factory=Counter)
    damaged: int = 0
    people_lost: int = 0
    unmarked: int = 0
    green: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What the next start finds on the card, and what was said before it."""

    kept: Kept | None
    people: frozenset[bytes]
    missing: frozenset[bytes]
    """Who saw the green lamp and stands nowhere."""
    since: int
    heard: int
    epoch: str | None


class Judge:
    """Looks at the card before a start, and at what is said after it."""

    def __init__(self, table: DemoTable, people: People, outcome: LossOutcome) -> None:
        self._table, self._people, self._outcome = table, people, outcome
        self.centre = Subscriber(table.broker.port)

    def found(self) -> Found:
        """The daemon is dead. Who is missing need not be there any more."""
        after = kept(self._table.state)
        people = frozenset(sample.person_key for sample in after.told.samples) if after else frozenset()
        missing = frozenset(self._people.accepted - people)
        self._people.accepted = self._people.accepted & people
        epoch = (self.centre.latest("status") or {}).get("epoch")
        return Found(after, people, missing, len(self._table.daemon.records), len(self.centre.received), epoch)

    def judge(self, act: Act, before: Kept | None, found: Found) -> None:
        """`before`: what stood there before something became of it, where that can be known."""
        lost = bool(found.missing) or found.kept is None or (before is not None and before != found.kept)
        pending = found.kept is not None and found.kept.loss is not None
        told = self._told(found.since)
        self._count(act, found, lost=lost, told=told is not None)
        if lost and told is None:
            seqs = f"{before and before.seq} -> {found.kept and found.kept.seq}"
            self.wrong(act, f"lost in silence: {len(found.missing)} people, seq {seqs}")
        if told is not None and not lost and not pending and before is not None:
            self.wrong(act, f"{told} was told and nothing is lost")
        if told is not None and (lost or not pending):
            self._check_the_wire(act, told, found)

    def wrong(self, act: Act, what: str) -> None:
        self._outcome.violations.append(f"{act}: {what}")

    def _count(self, act: Act, found: Found, *, lost: bool, told: bool) -> None:
        self._outcome.lost[act] += lost
        self._outcome.told[act] += told
        self._outcome.people_lost += len(found.missing)
        if any(record["event"] == "journal-damaged" for record in self._table.daemon.records[found.since :]):
            self._outcome.damaged += 1
            self._people.accepted -= found.people

    def _told(self, since: int) -> str | None:
        found = self._table.daemon.wait_for(lambda record: record.get("key") in NOTES, TOLD_S, since)
        return None if found is None else str(found["key"]).partition(".")[2]

    def _check_the_wire(self, act: Act, told: str, found: Found) -> None:
        if not self._hears(found.heard, "health", lambda health: health["journal"] == told):
            self.wrong(act, f"the centre is not told of {told}: {self.centre.latest('health')}")
        if not self._hears(found.heard, "status", lambda said: said["epoch"] != found.epoch):
            self.wrong(act, f"the epoch is still {found.epoch}")

    def _hears(self, since: int, leaf: str, wanted: Callable[[dict[str, Any]], bool]) -> bool:
        """Whether the centre heard it from its message number `since` on."""
        end = time.monotonic() + TELLS_S
        while time.monotonic() < end:
            new = self.centre.received[since:]
            if any(each.topic.endswith("/" + leaf) and wanted(each.payload) for each in new):
                return True
            time.sleep(0.05)
        return False


def is_green(record: Record) -> bool:
    """Somebody was accepted."""
    return record.get("signal") == "accepted"
