"""A table without devices: an engine over a real journal, its outlets gathered in lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.credentials import (
    CwtForm,
    Forms,
    Identity,
    Pattern,
    PatternForm,
    badge_of,
    key_of_turn,
    person,
    staff_codes,
)
from kiosk.credentials.keys import TrustedKey, trust_of
from kiosk.engine.engine import Engine, Outlets, Secrets
from kiosk.engine.inbox import Printed, PrinterNews, RosterRead, Scanned, SheetRead, Trace
from kiosk.journal import Journal
from kiosk.messages import Address
from kiosk.model import (
    Counters,
    Expected,
    Hand,
    Instant,
    PrintJob,
    Refusal,
    Role,
    Roster,
    RosterHead,
    Sheet,
    SheetName,
    StaffAction,
    Status,
    Subject,
    Told,
    TubeOrder,
    TubeSource,
)
from kiosk.model.changes import Change
from kiosk.model.queries import Answer, Lookup, Query
from kiosk.ports import Message, PrinterState, PrintOutcome, PrintReport, Signal, TextScan
from kiosk.session import Notice, Plan, State
from kiosk.texts import LANGUAGES, Texts
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.vouchers.envelope import SigningKey

READY = PrinterState(known=True)
STAFF_KEY = b"staff key of the tests"
ROUND_KEY = b"round key of the tests"
PASS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CODES = (
    PatternForm("health", Pattern("[A-Z]{40}")),
    CwtForm("pass", "PS1:", "base45", 2, trust_of([TrustedKey(b"", PASS_KEY.public_key())])),
)

LANGUAGE = tuple(map(Texts, LANGUAGES))
FOR_WHOEVER_COMES = frozenset(Refusal) - {
    Refusal.ALREADY_SAMPLED,
    Refusal.SAMPLED_AT_TABLE,
    Refusal.VOUCHER_SHOWN,
    Refusal.WRONG_CHECK_DIGIT,
    Refusal.WRONG_BIRTH_DATE,
    Refusal.UNREADABLE,
    Refusal.TOO_LONG,
    Refusal.CONTROL_BYTES,
    Refusal.UNKNOWN_CODE,
    Refusal.OLD_STAFF_CODE,
    Refusal.ORDER_NOT_GENUINE,
    Refusal.ORDER_NOT_FOR_HERE,
    Refusal.ORDER_OVER,
    Refusal.ORDER_WITHOUT_KEY,
    Refusal.VOUCHER_WITHDRAWN,
    Refusal.EXPIRED,
    Refusal.WRONG_SIGNATURE,
    Refusal.CANNOT_BE_CHECKED,
    Refusal.TORN,
    Refusal.ONE_OF_PARTS,
    Refusal.NOT_AT_THIS_SCANNER,
    Refusal.TUBE_NOT_ASKED,
    Refusal.TUBE_OPEN,
    Refusal.TUBE_USED,
    Refusal.NOT_SAMPLED,
    Refusal.BOX_FULL,
    Refusal.BOX_OPEN,
    Refusal.NOT_IN_A_BOX,
    Refusal.IN_A_BOX,
    Refusal.STRAYS,
    Refusal.LIST_TOO_LONG,
    Refusal.SAMPLED_TWICE,
    Refusal.CANNOT_UNDO,
    Refusal.BADGE_FIRST,
    Refusal.ROLE_MAY_NOT,
    Refusal.HANDED_OVER,
    Refusal.OTHER_TABLES_TUBE,
    Refusal.NOTHING_TO_DO,
    Refusal.READ_FIRST,
    Refusal.SEEN_TOO_LATE,
}
"""Why the table serves nobody; the others are about what is held up."""
AT_WRITING = {Refusal.DISK_FULL, Refusal.DISK_BUSY}
"""They may come up only when something is to be written; any other of those puts the READY lamp out beforehand."""


CENTRE = SigningKey(b"c" * 32)
TRUSTED = frozenset({CENTRE.public_key})


def codes_of_turn(turn: int) -> Mapping[str, StaffAction]:
    """After the centre has renewed them so often."""
    return staff_codes(key_of_turn(STAFF_KEY, turn))


def resident_number(serial: int) -> str:
    """A fictitious number: area 110199 is not assigned."""
    return with_check_digit(f"11019919900101{serial:03d}")


def listed(serial: int, unit: str, flat: str = "101", status: Status = Status.EXPECTED) -> Expected:
    """The resident with that number on the roster, in the flat of a floor that its first figures tell."""
    key = person(Identity(f"id:{resident_number(serial)}", ""), ROUND_KEY).key
    return Expected(key, "测**", unit, flat, int(flat[:-2]), status)


class CutJournal(Journal):
    """A journal whose plug can be pulled: `boundary` is called before and after each commit and each row of it."""

    boundary: Callable[[], None] = staticmethod(lambda: None)

    def commit(self, changes: Sequence[Change], counters: Counters, messages: Sequence[Message] = ()) -> None:
        self.boundary()
        super().commit(changes, counters, messages)
        self.boundary()

    def _write(self, change: Change) -> None:
        super()._write(change)
        self.boundary()


@dataclass
class Bench:
    """One power-on of the kiosk's thinking part. `on_print` is called when bytes would leave for the printer."""

    path: Path
    plan: Plan
    seconds: float = 0.0
    sent: list[PrintJob] = field(default_factory=list)
    shown: list[tuple[Signal, Notice]] = field(default_factory=list)
    published: list[Message] = field(default_factory=list)
    round_id: str = "r1"
    trusted: bool = True
    block: str = "0352"
    on_print: Callable[[tuple[PrintJob, ...]], None] = lambda _: None
    opens: bool = True
    """Whether the keys in orders are sealed for here."""
    heard_again: int = 0
    """How often the line to the broker was to be opened anew."""

    def __post_init__(self) -> None:
        self.journal = CutJournal(self.path, self.round_id)
        badge = partial(badge_of, STAFF_KEY)
        self._forms = Forms(
            CODES, Pattern("TB[0-9]{10}"), self.block, staff_codes(STAFF_KEY), badge=badge, order_keys=TRUSTED
        )
        state = State.recalled(self.plan, self.journal.restore(self.block, self.plan.address.place))
        self._outlets = Outlets(self.print, self.show, self.publish, hear_again=self.hear_again)
        self.engine = Engine(self.journal, state, self._forms, self._secrets, self.clock, self._outlets)

    @property
    def _secrets(self) -> Secrets:
        return Secrets(ROUND_KEY, codes=codes_of_turn, opens=lambda _: self.opens)

    def trust(self, voucher_key: bytes) -> None:
        """Before the start: a kiosk whose vouchers prove something."""
        forms = replace(self._forms, voucher_keys=frozenset({voucher_key}))
        self.engine = Engine(self.journal, self.state, forms, self._secrets, self.clock, self._outlets)

    @property
    def state(self) -> State:
        return self.engine.state

    def clock(self) -> Instant:
        self.seconds += 0.001
        return Instant("boot-1", int(self.seconds * 1e9), 1_653_000_000_000 + int(self.seconds * 1000), self.trusted)

    def print(self, _printer: str, jobs: tuple[PrintJob, ...], _trace: Trace | None) -> None:
        self.sent += jobs
        self.on_print(jobs)

    def show(self, signal: Signal, notice: Notice) -> None:
        for texts in LANGUAGE:
            texts.notice(notice.key, dict(notice.values))
        self.shown.append((signal, notice))

    def publish(self, messages: Iterable[Message]) -> None:
        self.published += messages

    def hear_again(self) -> None:
        self.heard_again += 1

    def start(self, printer: PrinterState | None = READY) -> "Bench":
        self.engine.start()
        self.printer(printer)
        return self

    def printer(self, state: PrinterState | None) -> None:
        self.engine.take(PrinterNews("printer", state))

    def tube(self, code: str) -> tuple[Signal, str]:
        """Staff scan a tube at their own scanner."""
        return self.scan(code, hand=Hand.STAFF)

    def scan(self, text: str, wait_s: float = 10.0, hand: Hand = Hand.SHARED) -> tuple[Signal, str]:
        """Holds a code up `wait_s` after the last one; what the panel shows for it."""
        self.seconds += wait_s
        before, rest = len(self.shown), self.state.told.resting
        self.engine.take(Scanned("scanner", TextScan(text.encode()), self.clock().mono_ns, hand))
        if rest is not None and rest.signal is Signal.READY and not text.startswith("KS-"):
            told = {notice.key for signal, notice in self.shown[before:] if signal is Signal.REFUSED}
            lie = {f"refused.{reason}" for reason in FOR_WHOEVER_COMES - AT_WRITING} & told
            assert not lie, f"READY was lit, and then whoever comes is told {lie}: see urgent() of kiosk.session.view"
        signal, notice = self.shown[before] if len(self.shown) > before else (Signal.READY, Notice("nothing"))
        return signal, notice.key

    def finish(self, outcome: PrintOutcome = PrintOutcome.CONFIRMED) -> None:
        """The printer ends all that it was sent."""
        while jobs := self.state.printing.sending:
            report = PrintReport((outcome,) * len(jobs), 0, 0, 0)
            self.engine.take(Printed("printer", jobs, report, None))

    def offer(self, people: Iterable[Expected], made_s: int = 1, units: Iterable[str] | None = None) -> None:
        """A roster lies there and is taken; its units in the order of its people, unless another is given."""
        listed = tuple(people)
        order = dict.fromkeys(person.unit for person in listed) if units is None else units
        self.engine.take(RosterRead(Roster(self.round_id, "wy-0352", RosterHead(made_s, tuple(order)), listed)))
        while self.state.roster.coming is not None or self.state.roster.uncounted:
            self.engine.rest()

    def hear(self, kiosk: str, *serials: int, sheet: int = 0, seq: int = 1) -> None:
        """Another table tells that it has sampled the residents with these numbers, and a quiet moment writes it."""
        told = (Told(listed(serial, "").key[:16], serial, "TB0000000009", 1_653_000_000_000) for serial in serials)
        self.engine.take(SheetRead(Sheet(SheetName(kiosk, "e" * 32, sheet), seq, tuple(told))))
        self.engine.rest()

    def sent_away(self) -> dict[str, int]:
        """Residents who were refused, by reason, once a quiet moment has counted them."""
        self.engine.rest()
        return {str(reason): n for reason, n in self.state.counters.totals.refused.items()}

    def look_up(self, query: Lookup[Answer]) -> Answer:
        """What the journal holds."""
        return self.journal.answer((cast("Query", query),))[query]

    def slips(self) -> list[tuple[str, str, int]]:
        """Kind, number and copy of each slip sent."""
        return [(job.kind, _number(job.subject), job.copy) for job in self.sent]


def _number(subject: Subject) -> str:
    return getattr(subject, "voucher", None) or getattr(subject, "code", None) or str(subject.id)  # type: ignore[union-attr]


MakeBench = Callable[..., Bench]


def plan_of(**changes: object) -> Plan:
    plan = Plan(
        address=Address("cn", "r1", "wy-0352", "a"),
        pool_size=10,
        source=TubeSource.PRINTED,
        order=TubeOrder.TUBE_FIRST,
        printers=dict.fromkeys(Role, ("printer",)),
        zone=ZoneInfo("Asia/Shanghai"),
    )
    return replace(plan, **changes)  # type: ignore[arg-type]
