"""A whole point on simulated time, in one process and out of one seed: tables with their real session, journal and
publisher, printers, a broker, cut lines, lying clocks, staff and residents. What holds is looked at as it goes."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

from kiosk.credentials import staff_codes
from kiosk.engine.inbox import Inbox, Item, NotPrinted, Printed
from kiosk.engine.publisher import Publisher
from kiosk.journal import JournalUnwilling
from kiosk.journal.clashes import clashes
from kiosk.journal.soundness import flaw
from kiosk.messages import Address
from kiosk.messages.people import sheet_of
from kiosk.messages.status import status
from kiosk.model import Expected, Instant, JobKind, PrintJob, Refusal, Sample, StaffAction, Status, Tube
from kiosk.model.queries import ElsewhereOf, ProgressOfAll
from kiosk.ports import DeviceAbsent, DeviceError, DeviceGone, Message, PrinterFault, PrinterState, PrintOutcome
from kiosk.ports import PrintReport as Report
from kiosk.session import State
from kiosk.session.questions.asked import on_show
from kiosk.session.questions.state import DidItComeOut
from session_machine import BROKEN
from table_bench import READY, STAFF_KEY, Bench, listed, plan_of, resident_number

STAFF = {action: text for text, action in staff_codes(STAFF_KEY).items()}
NAMES = ("a", "b", "c")
RESIDENTS, UNITS = 600, 8
NO_PAPER = PrinterState(True, frozenset({PrinterFault.PAPER_OUT}))
ACTS = (
    *(StaffAction.VOID_LAST, StaffAction.SEAL, StaffAction.UNDO, StaffAction.REPRINT, StaffAction.REPRINT_LABEL),
    *(StaffAction.POOL_5, StaffAction.POOL_10, StaffAction.SINGLE, StaffAction.HOUSEHOLD, StaffAction.WITH_ME),
    *(StaffAction.EXEMPT_RECOVERED, StaffAction.VOID, StaffAction.MOVE, StaffAction.SAME_PERSON, StaffAction.MISSING),
    *(StaffAction.NEXT_UNIT, StaffAction.REPORT, StaffAction.EXEMPT_ELSEWHERE, StaffAction.AGAIN),
)
THEN_A_CARD = {
    *(StaffAction.WITH_ME, StaffAction.EXEMPT_RECOVERED, StaffAction.EXEMPT_ELSEWHERE),
    *(StaffAction.VOID, StaffAction.MOVE, StaffAction.SAME_PERSON, StaffAction.AGAIN),
}


class Wrong(AssertionError):  # noqa: N818 - it is found, not raised by a fault
    """Something that must never be."""


@dataclass
class Broker:
    """Keeps the last word of each topic and passes it on, once or twice, to whoever is connected."""

    chance: Random
    retained: dict[str, Message] = field(default_factory=dict)
    lines: dict[str, "Line"] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        before = self.retained.get(message.topic)
        self.retained[message.topic] = message
        for line in self.lines.values():
            line.hear(message)
            if before is not None and self.chance.random() < 0.05:
                line.late.append(before)


@dataclass
class Line:
    """One table's connection, as its driver has it."""

    broker: Broker
    cut: bool = False
    up: bool = False
    status: str = ""
    owed: list[Message] = field(default_factory=list)
    came: dict[str, bytes] = field(default_factory=dict)
    late: list[Message] = field(default_factory=list)

    def open(
        self,
        will: Message,
        hears: Sequence[str] = (),
        recalls: Sequence[str] = (),
        of_others: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        if self.cut:
            raise DeviceAbsent("broker: cut")
        self.status = will.topic
        assert self.status.endswith("/status")
        assert len(hears) == 2
        self.up, self.owed, self.came, self.late = True, [], {}, []
        for message in self.broker.retained.values():
            self.hear(message)
            if any(message.topic.startswith(each.rstrip("+")) for each in recalls):
                self.came[message.topic] = message.payload

    def hear(self, message: Message) -> None:
        if self.up and ("/people/" in message.topic or message.topic == self.status):
            self.came[message.topic] = message.payload

    def publish(self, message: Message) -> None:
        if self.cut or not self.up:
            self.up = False
            raise DeviceGone("broker: cut")
        self.broker.take(message)
        self.owed.append(message)

    def acknowledged(self, timeout: float) -> list[Message]:
        assert timeout >= 0
        if self.cut or not self.up:
            self.up = False
            raise DeviceGone("broker: cut")
        done, self.owed = self.owed, []
        return done

    def heard(self) -> list[tuple[str, bytes]]:
        came, self.came = list(self.came.items()), {}
        came += [(each.topic, each.payload) for each in self.late if each.topic.startswith("sampling")]
        self.late = []
        return came

    recalled: bool = True
    denied: frozenset[str] = frozenset()
    protocol: str = "5"

    def refused(self) -> list[tuple[Message, str]]:
        return []

    def leave(self, hears: str) -> None: ...

    def wake(self) -> None: ...

    def close(self) -> None:
        self.up = False


class Posted(Inbox):
    """What the publisher posts, taken at once by the same thread."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Item] = []

    def put(self, item: Item, timeout: float | None = None) -> None:  # noqa: ARG002 - there is always room
        self.items.append(item)


@dataclass
class Table(Bench):
    """`lie_ms` is how wrong its wall clock is; a boot counts its own time."""

    boot: int = 0
    began: float = 0.0
    lie_ms: int = 0
    full: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.journal.boundary = self._unwilling

    def _unwilling(self) -> None:
        if self.full:
            raise JournalUnwilling("the disk is full", Refusal.DISK_FULL)

    def clock(self) -> Instant:
        self.seconds += 0.001
        wall_ms = 1_653_000_000_000 + int(self.seconds * 1000) + self.lie_ms
        return Instant(f"boot-{self.boot}", int((self.seconds - self.began) * 1e9), wall_ms, self.trusted)


@dataclass
class Place:
    """A table and all that stands on it."""

    name: str
    folder: Path
    line: Line
    table: Table
    publisher: Publisher
    posted: Posted
    boots: int = 1
    copy: bytes | None = None
    """Of its journal as it once was, for a card that is put back."""


class StormPoint:
    """`log` says each event; `step` is one of them."""

    def __init__(self, folder: Path, seed: int, log: Callable[[str], None] = lambda _: None) -> None:
        self.folder, self.chance, self.log = folder, Random(seed), log
        self.seconds, self.events = 0.0, 0
        self.broker = Broker(self.chance)
        self.paper: Counter[tuple[str, str]] = Counter()
        """Unmarked slips that came out, by kind and number."""
        self.out: dict[tuple[str, str, int], bool] = {}
        """Of slips, by table, number and copy, whether they lie there."""
        self.told: Counter[str] = Counter()
        """What people were told, and how often."""
        self.made_s = 1
        self.places = {name: self._switched_on(name, 1, None) for name in NAMES}
        self._offer()

    # What stands there

    def _switched_on(self, name: str, boots: int, before: Place | None) -> Place:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        address = Address("cn", "r1", "wy-0352", name)
        also = {"suppliers": True, "closing_slip": True, "call_at_percent": 80, "pool_size": 10}
        plan = plan_of(address=address, tables=True, **also)
        trusted, lie_ms = self.chance.random() < 0.7, self.chance.choice([0, 0, 0, -3_600_000, 86_400_000])
        table = Table(
            folder / "journal.sqlite",
            plan,
            seconds=self.seconds,
            block=f"035{NAMES.index(name)}",
            boot=boots,
            began=self.seconds,
            trusted=trusted,
            lie_ms=lie_ms,
        )
        table.journal._db.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 - nobody pulls this machine's plug
        line = self.broker.lines.setdefault(name, Line(self.broker))
        line.close()
        posted, engine = Posted(), table.engine

        def status_of(state: Literal["online", "offline", "lost"], n: int) -> Message:
            return status(address, state, table.state.counters, table.clock(), n)

        publisher = Publisher("broker", posted, line, address, status_of, lambda: int(self.seconds * 1e9), True)
        again = publisher.hear_again
        engine._out = type(engine._out)(table.print, table.show, publisher.offer, hear_again=again)  # noqa: SLF001
        place = Place(name, folder, line, table, publisher, posted, boots=boots, copy=before.copy if before else None)
        table.start()
        return place

    def _offer(self) -> None:
        """The district's list, another time somewhat other."""
        gone = {self.chance.randrange(RESIDENTS) for _ in range(self.made_s - 1)}
        people = [_expected(n) for n in range(RESIDENTS) if n not in gone]
        for place in self.places.values():
            place.table.full = False
            place.table.offer(people, made_s=self.made_s)
        self.made_s += 1

    # Events

    def step(self) -> None:
        self.events += 1
        place = self.places[self.chance.choice(NAMES)]
        self.seconds += self.chance.expovariate(1 / 20)
        place.table.seconds = max(place.table.seconds, self.seconds)
        kind = self.chance.choices(list(KINDS), list(KINDS.values()))[0]
        self.log(f"{self.events} {self.seconds:.0f} s {place.name} {kind}")
        getattr(self, f"_{kind}")(place)
        self._print(self.places[place.name])
        self.pump(self.places[place.name])

    def _person(self, place: Place) -> None:
        if self.chance.random() < 0.1:
            self._scan(place, "H" * 38 + f"{chr(65 + self.chance.randrange(9))}A")
            return
        serial = self.chance.randrange(RESIDENTS + 20)
        there = place.table.look_up(ElsewhereOf(_expected(serial).key))
        beside = place.table.state.staff.wanted is not None
        if self._scan(place, resident_number(serial)).startswith("accepted") and there is not None and not beside:
            raise Wrong(f"{place.name} samples whom it knows to be sampled at {there.kiosk}")

    def _scan(self, place: Place, text: str) -> str:
        _, told = place.table.scan(text, 2.0)
        self.told[told] += 1
        return told

    def _staff(self, place: Place) -> None:
        act = self.chance.choice(ACTS)
        self._scan(place, STAFF[act])
        if act in THEN_A_CARD and self.chance.random() < 0.8:
            for _ in range(2 if act is StaffAction.SAME_PERSON else 1):
                self._person(place)
            if act in (StaffAction.VOID, StaffAction.MOVE):
                self._scan(place, STAFF[self.chance.choice((StaffAction.YES, StaffAction.NO))])

    def _link(self, place: Place) -> None:
        """Somebody was sampled by a health code, and shows the card too."""
        code = "H" * 37 + f"{chr(65 + self.chance.randrange(26))}AA"
        self._scan(place, code)
        self._print(place)
        card = resident_number(self.chance.randrange(RESIDENTS))
        for text in (STAFF[StaffAction.SAME_PERSON], code, card):
            self._scan(place, text)
        if self.chance.random() < 0.4:
            # Taken back by one of the two, and sampled again by either, or by both.
            shown = self.chance.sample((code, card), 2)
            for text in (
                STAFF[StaffAction.VOID],
                shown[0],
                STAFF[StaffAction.YES],
                *shown[:: self.chance.choice((1, -1))],
            ):
                self._scan(place, text)
                self._print(place)

    def _answer(self, place: Place) -> None:
        """Staff look whether it lies there."""
        question = on_show(place.table.state)
        place.table.engine.rest()
        act = self.chance.choice((StaffAction.YES, StaffAction.YES, StaffAction.NO))
        if isinstance(question, DidItComeOut):
            lies_there = self.out.get(self._slip(place, question.job), False)
            act = StaffAction.YES if lies_there else StaffAction.NO
        self._scan(place, STAFF[act])

    def _box(self, place: Place) -> None:
        self._scan(place, STAFF[StaffAction.BOX])
        for code in self._column(place, "SELECT code FROM tubes WHERE state = 'sealed' AND code IS NOT NULL"):
            self._scan(place, code)
        for act in (StaffAction.BOX_CLOSE, StaffAction.YES, StaffAction.HAND_OVER, StaffAction.YES):
            self._scan(place, STAFF[act])

    def _tube(self, place: Place) -> None:
        self._scan(place, STAFF[StaffAction.TUBE])
        self._scan(place, f"TB0000{NAMES.index(place.name)}{self.chance.randrange(30):05d}")

    def _rest(self, place: Place) -> None:
        place.table.engine.rest()

    def _full(self, place: Place) -> None:
        """Its disk takes nothing more, or takes it again."""
        place.table.full = not place.table.full

    def _paper(self, place: Place) -> None:
        place.table.printer(self.chance.choice((NO_PAPER, None)))
        self._person(place)
        place.table.printer(READY)

    def _cut(self, place: Place) -> None:
        place.line.cut = not place.line.cut

    def _clock(self, place: Place) -> None:
        place.table.trusted, place.table.lie_ms = True, 0

    def _list(self, _: Place) -> None:
        self._offer()

    def _keep(self, place: Place) -> None:
        """Somebody makes a copy of the card's journal."""
        place.table.journal.tidy()
        place.copy = place.table.path.read_bytes()

    def _power(self, place: Place) -> None:
        """The plug, in good order, a lost journal, or an older one put back."""
        how = self.chance.choices(("plug", "order", "lost", "older"), (6, 3, 1, 1))[0]
        self.log(f"  {how}")
        for job in place.table.state.printing.sending:
            self._came_out(place, job, self.chance.random() < 0.5)
        (place.table.journal.close if how == "order" else place.table.journal.abandon)()
        if how == "plug" and self.chance.random() < 0.3:
            # The mark is not synced: a plug may leave an older one, or none, and another life begins.
            (place.folder / "journal.mark").unlink(missing_ok=True)
        if how == "lost" or (how == "older" and place.copy is not None):
            for file in place.folder.glob("journal.sqlite*"):
                file.unlink()
        if how == "older" and place.copy is not None:
            place.table.path.write_bytes(place.copy)
        self.seconds += 30
        self.places[place.name] = self._switched_on(place.name, place.boots + 1, place)
        fresh = self.places[place.name].table
        fresh.offer([_expected(n) for n in range(RESIDENTS)], made_s=self.made_s - 1)

    # Paper

    def _print(self, place: Place) -> None:
        """What was sent ends, well or not."""
        table = place.table
        # What ends on a full disk is written when it is not full any more: till then it is not looked at.
        while (jobs := table.state.printing.sending) and not table.full:
            fate = self.chance.random()
            if fate < 0.01:
                table.engine.take(NotPrinted("printer", jobs))
                table.printer(READY)
                continue
            outcomes = []
            for job in jobs:
                doubt = fate > 0.97
                came_out = not doubt or self.chance.random() < 0.5
                self._came_out(place, job, came_out)
                outcomes.append(PrintOutcome.UNCONFIRMED if doubt else PrintOutcome.CONFIRMED)
            table.engine.take(Printed("printer", jobs, Report(tuple(outcomes), 0, 0, 0), None))

    def _came_out(self, place: Place, job: PrintJob, came_out: bool) -> None:
        self.out[self._slip(place, job)] = came_out
        number = _number(job)
        if came_out and job.copy == 0 and number is not None:
            self.paper[(str(job.kind), number)] += 1
            if self.paper[(str(job.kind), number)] > 1:
                raise Wrong(f"{job.kind} {number} unmarked a second time")

    def _slip(self, place: Place, job: PrintJob) -> tuple[str, str, int]:
        number = _number(job) or f"{job.kind}-{job.id}"
        return place.name, f"{job.kind} {number}", job.copy

    # The network

    def pump(self, place: Place) -> None:
        """A turn of the publisher's thread, and the engine takes what it posts."""
        publisher = place.publisher
        if publisher._again.is_set():  # noqa: SLF001 - what its thread looks at
            place.line.close()
        try:
            if not place.line.up:
                publisher.open()
                publisher._gather()  # noqa: SLF001 - a turn of its thread
                publisher._say_birth()  # noqa: SLF001
                publisher._send(list(publisher._latest.values()))  # noqa: SLF001
            publisher._send(publisher._gather())  # noqa: SLF001
            publisher._hear(0)  # noqa: SLF001
        except DeviceError:
            place.line.close()
        items, place.posted.items = place.posted.items, []
        for item in items:
            place.table.engine.take(item)

    def settle(self) -> None:
        """Everybody is connected and rests until nothing is new."""
        for place in self.places.values():
            place.line.cut = place.table.full = False
            place.line.close()
        for _ in range(6):
            for place in self.places.values():
                place.table.seconds = max(place.table.seconds, self.seconds)
                self.pump(place)
                self._print(place)
                for _ in range(12):
                    place.table.engine.rest()
                self.pump(place)

    # What must hold

    def look(self) -> None:
        """At any time."""
        for place in self.places.values():
            with closing(sqlite3.connect(place.table.path)) as database:
                wrong = [what for what, query in BROKEN.items() if database.execute(query).fetchone()]
                if wrong or flaw(database):
                    raise Wrong(f"{place.name}: {wrong} {flaw(database)}")
            held, state = (
                State.recalled(place.table.plan, place.table.journal.restore(place.table.block)),
                place.table.state,
            )
            pairs = {
                "counters": (held.counters, state.counters),
                "sampling": (held.sampling, state.sampling),
                "printing": (held.printing, state.printing),
                "boxes": (held.packing.boxes, state.packing.boxes),
                "roster": ((held.roster.head, held.roster.called), (state.roster.head, state.roster.called)),
            }
            if differ := [what for what, (one, other) in pairs.items() if one != other]:
                raise Wrong(f"{place.name}: memory is not what the journal holds: {differ}")
            units = state.roster
            counted = {each.unit: each for each in place.table.look_up(ProgressOfAll())}
            if not (units.touched or units.uncounted or units.coming) and counted != units.progress:
                raise Wrong(f"{place.name} counts units otherwise than its rows")

    def look_when_settled(self) -> None:
        """Once everybody has heard everybody."""
        self.settle()
        self.look()
        for place in self.places.values():
            here = set(self._column(place, "SELECT substr(person_key, 1, 16) FROM samples WHERE void = 0"))
            there = set(self._column(place, "SELECT key FROM others WHERE reason IS NULL"))
            told = set(self._told_by_others(place))
            if there != told:
                raise Wrong(f"{place.name} knows {len(there)} of others, and {len(told)} are told")
            if outlived := set(self._said_of_old(place)) & set(self._samples(place)):
                raise Wrong(f"{place.name} knows better of {len(outlived)} whom its earlier lives tell")
            found = {clash.voucher for clash in clashes(place.table.path, "r1")}
            if len(found) != len(here & there):
                raise Wrong(f"{place.name} lists {len(found)} clashes of {len(here & there)}")

    def _samples(self, place: Place) -> list[tuple[bytes, int | None]]:
        """All that its journal has, taken back or not; whoever is exempt or was, too."""
        query = """
          SELECT substr(person_key, 1, 16), seq FROM samples
          UNION SELECT substr(person_key, 1, 16), NULL FROM exempt
          UNION SELECT substr(person_key, 1, 16), NULL FROM once_exempt
        """
        with closing(sqlite3.connect(place.table.path)) as database:
            return database.execute(query).fetchall()

    def _said_of_old(self, place: Place) -> Iterator[tuple[bytes, int | None]]:
        for message in self.broker.retained.values():
            sheet = sheet_of(message.topic, message.payload, place.table.plan.address)
            lives = (place.name, place.table.state.counters.epoch)
            if sheet is not None and sheet.name.kiosk == lives[0] and sheet.name.epoch != lives[1]:
                yield from ((each.key, each.n) for each in sheet.people)

    def _told_by_others(self, place: Place) -> Iterator[bytes]:
        own = place.name, place.table.state.counters.epoch
        for message in self.broker.retained.values():
            sheet = sheet_of(message.topic, message.payload, place.table.plan.address)
            if sheet is not None and (sheet.name.kiosk, sheet.name.epoch) != own:
                yield from (each.key for each in sheet.people if each.reason is None)

    def _column(self, place: Place, query: str) -> list[Any]:
        with closing(sqlite3.connect(place.table.path)) as database:
            return [row[0] for row in database.execute(query)]

    def close(self) -> None:
        for place in self.places.values():
            place.table.journal.abandon()
        shutil.rmtree(self.folder)


KINDS = {
    "person": 60,
    "staff": 14,
    "answer": 12,
    "rest": 6,
    "tube": 2,
    "box": 1.5,
    "link": 2,
    "paper": 2,
    "cut": 1.5,
    "clock": 0.5,
    "list": 0.3,
    "keep": 0.5,
    "full": 0.6,
    "power": 2,
}
"""How often each comes, among a hundred events."""


def _expected(n: int) -> Expected:
    status = Status.HOME_VISIT if n % 23 == 0 else Status.EXPECTED
    return listed(n, f"{n % UNITS + 1}号楼", f"{n // UNITS % 9 + 1}01", status)


def _number(job: PrintJob) -> str | None:
    """What must be on paper once."""
    match job.subject:
        case Sample(voucher=voucher):
            return voucher
        case Tube(code=code) if job.kind is JobKind.LABEL:
            return code
        case _:
            return None
