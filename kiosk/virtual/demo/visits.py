"""How a resident behaves at the table: holds something up, waits for an answer, and for the slip."""

import time
from dataclasses import dataclass

from kiosk.virtual.cards import IdCard
from kiosk.virtual.demo.crowd import Kind, Visit
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.settings import SAME_SCAN_S
from kiosk.virtual.demo.table import DemoTable

LAMP_S = 6.0
PAPER_S = 30.0
SWAP_S = 0.5
TORN_AT = 7
"""Bytes of a code that come before it breaks off."""


@dataclass(frozen=True, slots=True)
class Served:
    """What became of one visit. `scanned_at` is when the scanner's last byte left it; times are monotonic seconds."""

    visit: Visit
    accepted: bool
    reason: str
    words: str
    scanned_at: float
    printed: Record | None


class Queue:
    """Lets residents come to the table one after another."""

    def __init__(self, table: DemoTable) -> None:
        self._table = table
        self._came: dict[int, float] = {}

    def serve(self, visit: Visit) -> Served:
        """One visit from scan to slip. A kiosk that shows nothing is an answer too: reason `no-answer`."""
        self._let_the_first_scan_age(visit)
        daemon = self._table.daemon
        since = len(daemon.records)
        scanned_at = self._hold_up(visit)
        notice = daemon.wait_for(_is_answer, LAMP_S, since)
        if visit.by_card:
            self._table.card_module.lift()
        elif visit.kind is Kind.TORN:
            # A stalled adapter lets go of the rest; of this the kiosk must make nothing.
            self._table.scanner.present_raw(visit.code[TORN_AT:] + self._table.scanner.suffix)
        self._came[visit.index] = time.monotonic()
        if notice is None:
            return Served(visit, False, "no-answer", "", scanned_at, None)
        accepted = notice["signal"] == "accepted"
        if visit.by_card and visit.kind is not Kind.TORN:
            scanned_at = self._table.card_module.last_read_at or scanned_at
        printed = daemon.wait_for(_is_paper, PAPER_S, since) if accepted else None
        reason = "" if accepted else str(notice["key"]).removeprefix("refused.")
        return Served(visit, accepted, reason, str(notice["text"]), scanned_at, printed)

    def _hold_up(self, visit: Visit) -> float:
        table, torn = self._table, visit.kind is Kind.TORN
        if not visit.by_card:
            return table.scanner.present_torn(visit.code, TORN_AT) if torn else table.scanner.present(visit.code)
        if torn:
            # A card that follows on another faster than a hand can swap them is taken for the same one.
            time.sleep(SWAP_S)
            table.card_module.tear_next()
        table.card_module.lay(IdCard(visit.number, visit.name, birth=visit.number[6:14]))
        return time.monotonic()

    def _let_the_first_scan_age(self, visit: Visit) -> None:
        """Within a few seconds a second scan of the same code is still the first one."""
        first = self._came.get(visit.repeats) if visit.repeats is not None else None
        if first is not None:
            time.sleep(max(0.0, first + SAME_SCAN_S + 0.2 - time.monotonic()))


def _is_answer(record: Record) -> bool:
    return record.get("event") == "notice" and record.get("signal") in ("accepted", "refused")


def _is_paper(record: Record) -> bool:
    return record.get("event") == "printed" and record.get("times_ns") is not None
