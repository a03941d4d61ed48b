"""One table whose journal is lost, rolled back, spoilt or swapped again and again while people and paper live on."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import loss_acts
from journal_audit import ledger, mixed, pieces, twice_unmarked
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable
from loss_acts import CARD, DATABASE, JOURNAL, LOG, Act, Kept, card_of_another, files, flip, kept, put
from loss_judge import Judge, LossOutcome, is_green
from small_disk import can_mount, fill, small_disk
from storm_people import LossStaff
from storm_table import BUSY_S, Outcome, Storm, StormError, storm

BLOCK, ROUND = "0352", "2022-05-r1"
DISK_MB = 40
GOES_ON_S, ENDS_S = 25.0, 15.0
CONFIGURATION, JOURNAL_ERROR = 78, 74


def losses(settings: DemoSettings, times: int, seed: str, state: Path, done: Callable[[], None]) -> Outcome:
    """A new table on a disk of its own, as far as this user may mount one."""
    if not can_mount():
        return storm(settings, times, seed, state, done, LossStorm)
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder), DISK_MB):
        outcome = storm(settings, times, seed, Path(folder), done, LossStorm)
        if outcome.violations:
            put_aside(Path(folder), state)
    return outcome


def put_aside(from_: Path, to: Path) -> None:
    """What is needed to look into a violation."""
    for file in from_.rglob("*"):
        if file.is_file() and "keys" not in file.parts:
            target = to / file.relative_to(from_)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())


class LossStorm(Storm):
    """Each life runs busily until something becomes of the files; the next one must say so and go on."""

    outcome_of = LossOutcome
    staff_of = LossStaff

    def __init__(self, table: DemoTable, chance: random.Random, outcome: Outcome) -> None:
        super().__init__(table, chance, outcome)
        assert isinstance(outcome, LossOutcome)
        self._losses = outcome
        self._judge = Judge(table, self._people, outcome)
        self._backup: loss_acts.Files = {}
        self._bag: list[Act] = []
        with tempfile.TemporaryDirectory() as folder:
            self._other = card_of_another(Path(folder), ROUND)

    def calm(self) -> None:
        self._judge.centre.start()
        super().calm()
        self._backup = files(self._table.state)
        self._start(ready=True)

    def life(self) -> None:
        """A busy while, then one loss."""
        self._people.hurry = self._chance.choice((0.05, 0.3, 0.8))
        time.sleep(self._chance.uniform(0.3, BUSY_S))
        if self._chance.random() < 0.5:
            self._wait_for_a_scan()
        act = self._next()
        self._outcome.kills += 1
        self._losses.done[act] += 1
        match act:
            case Act.UNLINKED | Act.OVERWRITTEN:
                self._under_the_kiosk(act)
            case Act.DISK_FULL:
                self._disk_full()
            case Act.ANOTHERS_CARD | Act.ANOTHERS_JOURNAL:
                self._refused(act)
            case Act.NEW_CARD:
                self._new_card()
            case _:
                self._while_dead(act)

    def end(self) -> None:
        self._table.daemon.stop()
        self._staff_may(note=True)
        super().end()

    def stop(self) -> None:
        super().stop()
        self._judge.centre.stop()
        self._losses.green = sum(map(is_green, self._table.daemon.records))

    def _next(self) -> Act:
        """Each as often as the others, in any order."""
        if not self._bag:
            self._bag = [act for act in Act if act is not Act.DISK_FULL or can_mount()]
            self._chance.shuffle(self._bag)
        return self._bag.pop()

    def _under_the_kiosk(self, act: Act) -> None:
        """It must see that its file is not the one on the disk any more, and stop by itself."""
        state, since = self._table.state, len(self._table.daemon.records)
        if act is Act.UNLINKED:
            put(state, {}, self._chance.choice(((JOURNAL,), (LOG,), DATABASE)))
        else:
            (state / JOURNAL).write_bytes(self._backup[JOURNAL])
        self._ended(JOURNAL_ERROR, since)
        self._again(act, None)

    def _while_dead(self, act: Act) -> None:
        clean = act is not Act.LOG_REMOVED and self._chance.random() < 0.3
        self._die(clean)
        state, before = self._table.state, kept(self._table.state)
        copy = files(state)
        match act:
            case Act.REMOVED:
                put(state, {}, self._chance.choice((DATABASE, (JOURNAL,))))
            case Act.LOG_REMOVED:
                put(state, {}, DATABASE[1:])
            case Act.PUT_BACK:
                put(state, self._backup)
            case Act.FLIPPED:
                flip(state, self._chance)
            case _:
                put(state, files(state, ("journal.lease",)), CARD)
        if self._chance.random() < 0.4:
            self._backup = copy
        self._again(act, before)

    def _refused(self, act: Act) -> None:
        """A human has to put the right card in; then nothing is lost."""
        self._die(clean=self._chance.random() < 0.5)
        state, own = self._table.state, files(self._table.state, CARD)
        before = kept(state)
        names = CARD if act is Act.ANOTHERS_CARD else DATABASE
        put(state, {name: data for name, data in self._other.items() if name in names}, names)
        since = len(self._table.daemon.records)
        self._start(ready=False)
        self._ended(CONFIGURATION, since)
        put(state, {name: data for name, data in own.items() if name in names}, names)
        self._again(act, before)

    def _new_card(self) -> None:
        """Nothing tells what was used before, so a new card comes with another block; the old one is good again."""
        self._power_off()
        state, own = self._table.state, files(self._table.state, CARD)
        before, known = kept(state), self._people.accepted
        put(state, {}, CARD)
        block = f"{self._chance.randrange(1000, 10_000)}"
        loss_acts.lease_block(state / "kiosk.toml", BLOCK, block)
        since = len(self._table.daemon.records)
        self._people.accepted = set()
        self._start(ready=True)
        self._goes_on(since)
        self._power_off()
        self._people.accepted = known
        put(state, own, CARD)
        loss_acts.lease_block(state / "kiosk.toml", block, BLOCK)
        self._again(Act.NEW_CARD, before)

    def _power_off(self) -> None:
        """In good order, as cards are swapped; no card knows of another one's slip that hangs out."""
        self._people.rests.set()
        time.sleep(1.0)
        self._wait(self._at_rest, "the printer never rests")
        self._die(clean=True)
        self._people.rests.clear()

    def _disk_full(self) -> None:
        """People are refused in words, nothing restarts; once there is space it goes on."""
        daemon, ballast = self._table.daemon, self._table.state / "ballast"
        process, since = daemon.pid, len(daemon.records)
        fill(ballast, self._chance.choice((0, 0, 4096, 200_000, 8 * 2**20)))
        killed = self._chance.random() < 0.3
        if not killed and daemon.wait_for(lambda record: record.get("key") == "refused.disk-full", ENDS_S, since):
            time.sleep(self._chance.uniform(0.2, 2.0))
        elif not killed:
            self._judge.wrong(Act.DISK_FULL, f"nobody was told: {daemon.records[-5:]}")
        else:
            time.sleep(self._chance.uniform(0.0, 0.5))
            self._die(clean=False)
            self._start(ready=False)
            time.sleep(self._chance.uniform(0.0, 2.0))
            process = daemon.pid
        ballast.unlink()
        freed = len(daemon.records)
        if not self._accepted_since(freed):
            self._judge.wrong(Act.DISK_FULL, f"it does not go on: {daemon.records[-5:]}")
        if daemon.pid != process or not daemon.running():
            self._judge.wrong(Act.DISK_FULL, "the daemon ended")
            self._start(ready=True)

    def _die(self, clean: bool) -> None:
        daemon = self._table.daemon
        if not daemon.running():
            raise StormError(f"the daemon ended by itself: {daemon.records[-5:]}")
        if clean:
            daemon.stop()
        else:
            daemon.kill()
            if self._chance.random() < 0.5:
                self._lose_what_is_on_the_wire()
        time.sleep(0.3)

    def _ended(self, status: int, since: int) -> None:
        """By itself, with this exit status, and with words."""
        daemon, end = self._table.daemon, time.monotonic() + ENDS_S
        while daemon.running():
            if time.monotonic() > end:
                daemon.kill()
                raise StormError(f"the daemon serves on ({self._last_act()}): {daemon.records[-5:]}")
            time.sleep(0.02)
        time.sleep(0.3)
        found = daemon.stop()
        if found != status:
            self._judge.wrong(Act.UNLINKED, f"exit status {found}, not {status}: {daemon.records[since:][-12:]}")

    def _last_act(self) -> str:
        return str(dict(self._losses.done))

    def _again(self, act: Act, before: Kept | None) -> None:
        """The next start: what was lost is told to staff and to the centre, and the queue goes on."""
        self._staff_may(note=False)
        found = self._judge.found()
        self._start(ready=True)
        self._goes_on(found.since)
        self._judge.judge(act, before, found)
        self._staff_may(note=True)

    def _goes_on(self, since: int) -> None:
        if not self._accepted_since(since):
            raise StormError(f"nobody is served again ({self._last_act()}): {self._table.daemon.records[-8:]}")

    def _accepted_since(self, since: int) -> bool:
        return self._table.daemon.wait_for(is_green, GOES_ON_S, since) is not None

    def _staff_may(self, note: bool) -> None:
        assert isinstance(self._staff, LossStaff)
        self._staff.may_note = note

    def _compare(self) -> None:
        """No number twice unmarked on all the paper; who came after the last loss is in the journal."""
        told, paper = ledger(self._table.journal), pieces(self._table.slips, self._models)
        unmarked = [piece for piece in paper if piece.name and not piece.copy]
        self._losses.unmarked = len(unmarked)
        gone = self._people.accepted - {sample.person_key for sample in told.samples}
        self._outcome.violations += [*twice_unmarked(paper), *mixed(paper, self._models), *self._cried()]
        if gone:
            self._outcome.violations.append(f"{len(gone)} accepted after the last loss and not in the journal")

    def _cried(self) -> list[str]:
        """A daemon that stops in order says why on standard error, without a traceback."""
        return [line for line in super()._cried() if "Traceback" in line]
