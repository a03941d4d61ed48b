"""One table whose kiosk is killed again and again while printer, scanners and people live on."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from journal_audit import Audit, audit, ledger, mistaken, models_of, pieces
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable
from storm_people import DRAWN_S, People, Staff, resident

START_S = 20.0
EARLY = 0.2
"""This share of the kills comes while the daemon starts, before it serves."""
PLUG = 0.5
"""This share is as a pulled plug: the bytes that the killed daemon wrote and the line has not carried are lost."""
AIMED = 0.5
"""This share of the others is aimed at the way of one scan; the rest falls anywhere."""
DECIDED_S, SCAN_BYTES, BITS_A_BYTE = 0.012, 400, 10
STARTING_S, BUSY_S = 0.8, 1.3
END_S = 90.0


class StormError(Exception):
    """The kiosk did not come to where it must; the message says what was seen."""


@dataclass(slots=True)
class Outcome:
    """What one table's storm came to."""

    settings: DemoSettings
    kills: int = 0
    plugs: int = 0
    starts: int = 0
    people: int = 0
    accepted: int = 0
    answers: dict[str, int] = field(default_factory=dict)
    audit: Audit | None = None
    violations: list[str] = field(default_factory=list)


class Storm:
    """What is done to one table; here, kills."""

    outcome_of: ClassVar[type[Outcome]] = Outcome
    staff_of: ClassVar[type[Staff]] = Staff

    def __init__(self, table: DemoTable, chance: random.Random, outcome: Outcome) -> None:
        self._table, self._chance, self._outcome = table, chance, outcome
        self._people = People(table, random.Random(chance.random()))
        self._staff: Staff | None = None
        self._models: frozenset[tuple[str, ...]] = frozenset()

    def calm(self) -> None:
        """What whole slips look like: a life in peace, one resident by code and one by card."""
        self._start(ready=True)
        self._wait(lambda: len(self._table.slips) > 0, "no first label")
        for serial, by_card in ((9_001, False), (9_002, True)):
            wanted = len(self._table.slips) + 1
            self._people.come(resident(serial), by_card)
            self._wait(partial(self._printed, wanted), "no slip in peace")
        self._table.daemon.stop()
        time.sleep(DRAWN_S)
        self._models = models_of(self._table.slips)
        self._staff = self.staff_of(self._table, self._models, random.Random(self._chance.random()))
        self._people.start()
        self._staff.start()

    def life(self) -> None:
        """One start and one kill at an instant drawn over start-up, the boot's printing and the busy time."""
        self._people.hurry = self._chance.choice((0.05, 0.3, 0.8))
        early = self._chance.random() < EARLY
        self._start(ready=not early)
        time.sleep(self._chance.uniform(0.0, STARTING_S if early else BUSY_S))
        if not early and self._chance.random() < AIMED:
            self._wait_for_a_scan()
        if not self._table.daemon.running():
            raise StormError(f"the daemon ended by itself: {self._table.daemon.records[-5:]}")
        self._table.daemon.kill()
        self._outcome.kills += 1
        if self._chance.random() < PLUG:
            self._lose_what_is_on_the_wire()

    def _wait_for_a_scan(self) -> None:
        """Into the few ms of decision and commit, or into the time that the slips take on the line."""
        self._people.held_up.clear()
        self._people.held_up.wait(BUSY_S)
        on_the_line = SCAN_BYTES * BITS_A_BYTE / self._outcome.settings.baud
        time.sleep(self._chance.uniform(0.0, self._chance.choice((DECIDED_S, on_the_line))))

    def _lose_what_is_on_the_wire(self) -> None:
        """The kernel sends on what a killed process wrote; with the plug pulled that is lost, in mid-slip too."""
        self._outcome.plugs += 1
        self._table.printer.unplug()
        self._table.printer.plug()

    def end(self) -> None:
        """All questions are answered, all paper is out, the daemon stops in good order; then the comparison."""
        self._start(ready=True)
        self._people.stop()
        assert self._staff is not None
        self._staff.stop()
        staff, end = self._staff, time.monotonic() + END_S
        while any(job.open for job in ledger(self._table.journal).jobs):
            if time.monotonic() > end:
                raise StormError(f"the questions never end: {self._table.daemon.records[-5:]}")
            staff.look()
        self._wait(self._at_rest, "the printer never rests")
        time.sleep(0.5)
        self._table.daemon.stop()
        self._compare()

    def stop(self) -> None:
        for each in (self._people, self._staff):
            if each is not None and each.is_alive():
                each.stop()
        self._table.daemon.kill()
        self._outcome.people, self._outcome.accepted = self._people.came, len(self._people.accepted)
        self._outcome.answers = dict(self._staff.answers) if self._staff else {}

    def _compare(self) -> None:
        told, paper = ledger(self._table.journal), pieces(self._table.slips, self._models)
        found = audit(told, paper, self._models, frozenset(self._people.accepted))
        self._outcome.audit = found
        self._outcome.violations += [*found.violations, *mistaken(told, paper), *self._cried()]

    def _cried(self) -> list[str]:
        """What the daemon wrote that is no log record: a traceback."""
        lines = [record["text"] for record in self._table.daemon.records if record["event"] == "stderr"]
        return [f"standard error: {line}" for line in lines[:10]]

    def _start(self, ready: bool) -> None:
        daemon = self._table.daemon
        since = len(daemon.records)
        daemon.records.append({"event": "life"})
        daemon.start()
        self._outcome.starts += 1
        if not ready:
            return
        begun = daemon.wait_for(lambda record: record["event"] == "ready", START_S, since)
        if begun is None or not daemon.listens(START_S, since):
            raise StormError(f"the daemon did not start: {daemon.records[since:]}")

    def _printed(self, wanted: int) -> bool:
        return len(self._table.slips) >= wanted and self._at_rest()

    def _at_rest(self) -> bool:
        return self._table.printer.at_rest and not self._table.printer.unfinished()

    def _wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + START_S
        while not condition():
            if time.monotonic() > end:
                raise StormError(f"{otherwise}: {self._table.daemon.records[-5:]}")
            time.sleep(0.02)


def storm(
    settings: DemoSettings,
    kills: int,
    seed: str,
    state: Path,
    killed: Callable[[], None],
    of: type[Storm] = Storm,
) -> Outcome:
    """Lives through `kills` lives of a new table, then lets everything come to its end and compares."""
    outcome = of.outcome_of(settings)
    with DemoTable(settings, state) as table:
        run = of(table, random.Random(seed), outcome)
        try:
            run.calm()
            for _ in range(kills):
                run.life()
                killed()
            run.end()
        except StormError as broken:
            outcome.violations.append(str(broken))
        finally:
            run.stop()
        _keep(table, state, outcome)
    return outcome


def _keep(table: DemoTable, state: Path, outcome: Outcome) -> None:
    """What is needed to look into a violation: the paper and the log, beside the journal."""
    if not outcome.violations:
        return
    (state / "paper").mkdir(exist_ok=True)
    for slip in table.slips:
        slip.image.save(state / "paper" / f"{slip.index:04d}.png")
    text: list[Any] = [str(record) for record in table.daemon.records]
    (state / "log.txt").write_text("\n".join(text), encoding="utf-8")
