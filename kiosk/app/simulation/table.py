"""One simulated table: the real engine, journal, publisher and line; no cards, and no paper."""

import queue
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from drivers.mqtt_broker import BrokerLine
from kiosk.app.simulation.cable import Cable
from kiosk.credentials import Forms, Pattern, PatternForm
from kiosk.credentials.sealing import Authority
from kiosk.engine.back_off import broker as broker_back_off
from kiosk.engine.engine import Engine, Outlets, Secrets
from kiosk.engine.inbox import Delivered, Inbox, Printed, PrinterNews, Scanned
from kiosk.engine.publisher import Publisher, StatusOf
from kiosk.journal import Journal
from kiosk.journal.waiting_beside import ended
from kiosk.messages import Address
from kiosk.messages.status import connection, status
from kiosk.model import Hand, Instant, PrintJob, Role, TubeOrder, TubeSource
from kiosk.ports import Message, PrinterState, PrintOutcome, PrintReport, Signal, TextScan
from kiosk.session import Notice, Plan, State

ROUND_KEY = b"the round key of a simulation"
POOL = 10
PAUSE_S, PATIENCE_S = 2, 20.0
WITHDRAWN = ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "journal.sqlite-left-wal")


def code_of(person: int) -> str:
    """What they hold up: a health code of nobody's."""
    letters = "".join(chr(65 + person // 26**place % 26) for place in range(8))
    return letters.rjust(40, "S")


class Table:
    """Switched on at once. `now_s` is the simulated Unix time."""

    tables = True
    """Whether it tells other tables of its people."""

    def __init__(
        self, folder: Path, place: Address, block: str, line: BrokerLine, authority: bytes, now_s: Callable[[], float]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.place, self.accepted, self.refused = place, 0, 0
        self._folder, self._block, self._line, self._now_s = folder, block, line, now_s
        self._authority = authority
        self._boots, self._began_s, self._lie_ms = 0, 0.0, 0
        self._shown: list[Signal] = []
        self._pulled = False
        self.lives: dict[str, int] = {}
        """By epoch, how many samples the journal had counted in that life, as it was last seen."""
        self.delivered: dict[str, int] = {}
        """Of each life, the greatest number of samples that the broker has acknowledged."""
        self._switch_on()

    # Power

    def _switch_on(self) -> None:
        self._boots += 1
        self._began_s = self._now_s()
        self._journal = Journal(self._folder / "journal.sqlite", self.place.round)
        self._journal.keys(b"k", b"v", self.place.place)
        known = self._journal.restore(self._block, self.place.place)
        plan = Plan(
            address=self.place,
            pool_size=POOL,
            source=TubeSource.PRINTED,
            order=TubeOrder.TUBE_FIRST,
            printers=dict.fromkeys(Role, ("printer",)),
            zone=ZoneInfo("Asia/Shanghai"),
            records=True,
            tables=self.tables,
            mark="sim",
        )
        self._inbox = Inbox()
        self._cable = Cable(self._line)
        self._cable.pulled = self._pulled
        started = known.counters.seq

        def status_of(state: Literal["online", "offline", "lost"], n: int) -> Message:
            return status(self.place, state, self._engine.state.counters, self.clock(), connection(started, n))

        self._publisher = self._publisher_of(status_of)
        forms = Forms((PatternForm("health", Pattern("[A-Z]{40}")),), Pattern("TB[0-9]{10}"), self._block, {})
        secrets = Secrets(ROUND_KEY, Authority(self._authority, self.place.place))
        out = Outlets(self._print, self._show, self._publisher.offer)
        state = State.recalled(plan, known)
        self._engine = Engine(self._journal, state, forms, secrets, self.clock, out)
        self._engine.start()
        self._engine.take(PrinterNews("printer", PrinterState(known=True)))
        self._publisher.start()
        self._look()

    def _publisher_of(self, status_of: StatusOf) -> Publisher:
        pace = broker_back_off(PAUSE_S)
        name, now_ns = f"broker {self.place.point}", time.monotonic_ns
        return Publisher(name, self._inbox, self._cable, self.place, status_of, now_ns, True, pace)

    def clock(self) -> Instant:
        at_s = self._now_s()
        wall_ms = int(at_s * 1000) + self._lie_ms
        return Instant(f"{self.place.point}-{self._boots}", int((at_s - self._began_s) * 1e9), wall_ms, True)

    def reboot(self, lose: bool = False, lie_ms: int = 0) -> None:
        """The plug is pulled, and put in again; `lose`: the card has no journal any more."""
        if not lose:
            self._look()
        self._cable.pulled = True
        self._publisher.stop()
        self._publisher.join(10)
        self._drain()
        self._journal.abandon()
        # The mark is not synced: half of all cuts leave an older one, or none.
        if self._boots % 2:
            (self._folder / "journal.mark").unlink(missing_ok=True)
        if lose:
            for name in WITHDRAWN:
                (self._folder / name).unlink(missing_ok=True)
        self._lie_ms = lie_ms
        self._switch_on()

    def stop(self) -> None:
        """In good order, as at the end of the day."""
        self._engine.rest()
        self._drain()
        self._publisher.stop()
        self._publisher.join(30)
        self._drain()
        self._look()
        self._journal.close()

    # The network

    def pull(self, pulled: bool) -> None:
        self._pulled = self._cable.pulled = pulled

    @property
    def unsaid(self) -> int:
        return self._journal.unsaid

    # People

    def serve(self, person: int) -> bool:
        """Whether they were taken in."""
        self._shown.clear()
        self._engine.take(Scanned("scanner", TextScan(code_of(person).encode()), self.clock().mono_ns, Hand.SHARED))
        taken = Signal.ACCEPTED in self._shown
        self.accepted += taken
        self.refused += not taken
        self._finish()
        self._engine.rest()
        self._drain()
        return taken

    def rest(self) -> None:
        """A long pause: what may wait is written."""
        self._engine.rest()
        self._drain()

    def _finish(self) -> None:
        while jobs := self._engine.state.printing.sending:
            report = PrintReport((PrintOutcome.CONFIRMED,) * len(jobs), 0, 0, 0)
            self._engine.take(Printed("printer", jobs, report, None))

    def _drain(self) -> None:
        with suppress(queue.Empty):
            while True:
                item = self._inbox.get(timeout=0)
                if isinstance(item, Delivered):
                    self._note(item.messages)
                self._engine.take(item)

    def _note(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if "/counts/" in message.topic and message.topic.startswith(self.place.topic("")):
                epoch = message.topic.rpartition("/")[2]
                samples = int(message.payload.partition(b'"samples":')[2].partition(b",")[0])
                self.delivered[epoch] = max(self.delivered.get(epoch, 0), samples)

    def _look(self) -> None:
        counters = self._engine.state.counters
        self.lives[counters.epoch] = counters.totals.since(counters.begun).samples

    def count(self) -> int:
        """Samples of all its lives; of those whose journal is gone, what the broker had taken over by then."""
        self._look()
        return sum(self.lives.values())

    def lose_card(self) -> int:
        """The journal is not there any more; how many of its people nobody will ever know of. Where there is a network
        all is told first, so that this is known for certain."""
        end = time.monotonic() + PATIENCE_S
        while not self._pulled and self._journal.unsaid and time.monotonic() < end:
            time.sleep(0.02)
            self._drain()
        self._look()
        gone = 0
        for life, samples in self.lives.items():
            told = self.delivered.get(life, 0)
            gone += samples - told
            self.lives[life] = told
        self.reboot(lose=True)
        return gone

    def tubes(self) -> dict[str, int]:
        """Those that nobody goes into any more, by code, and how many people are in each: each has a record."""
        return ended(self._folder / "journal.sqlite", self.place.round)

    def _print(self, _printer: str, _jobs: tuple[PrintJob, ...], _trace: object) -> None:
        """It comes out once somebody looks."""

    def _show(self, signal: Signal, _notice: Notice) -> None:
        self._shown.append(signal)
