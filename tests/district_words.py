"""What tables say, as the kiosk's own messages have it, for a board to hear."""

from dataclasses import replace

from kiosk.messages import Address
from kiosk.messages.counts import counts
from kiosk.messages.gauges import Fare, gauges
from kiosk.messages.health import Condition, health
from kiosk.messages.status import State, status
from kiosk.model import Counters, Instant, Totals
from kiosk.office.board.hearing import Said, said
from kiosk.office.broker_line import Heard
from kiosk.ports import Message, PrinterFault, PrinterState

NOW_S = 1_650_000_000.0
A = Address("cn", "r1", "wy-0001", "a")
B = Address("cn", "r1", "wy-0001", "b")
FARE = Fare(None, {}, {}, 0, None, None, {}, 20_000, 50.0, "0.1.0")


def at(seconds: float = 0, boot: str = "boot-1", trusted: bool = True) -> Instant:
    return Instant(boot, 1, int((NOW_S + seconds) * 1000), trusted)


def counted(
    samples: int,
    seq: int = 1,
    epoch: str = "e1",
    table: Address = A,
    *,
    voided: int = 0,
    when: Instant | None = None,
) -> Message:
    counters = Counters(epoch, "0352", seq=seq, totals=Totals(samples=samples, voided=voided))
    return counts(table, counters, when or at())


def stated(
    state: State, connection: int, epoch: str = "e1", table: Address = A, seq: int = 1, when: Instant | None = None
) -> Message:
    return status(table, state, Counters(epoch, "0352", seq=seq), when or at(), connection)


def fared(fare: Fare, table: Address = A, seq: int = 1, when: Instant | None = None) -> Message:
    return gauges(table, Counters("e1", "0352", seq=seq), when or at(), fare)


def healthy(*faults: PrinterFault, table: Address = A, seq: int = 1, journal: str = "whole") -> Message:
    state = PrinterState(known=True, faults=frozenset(faults))
    condition = Condition({"scanner": True}, {"printer": state}, frozenset(), frozenset(), 0, journal)
    return health(table, Counters("e1", "0352", seq=seq), at(), condition)


def heard(message: Message, seconds: float = 0, live: bool = True) -> Said:
    found = said(Heard(message.topic, message.payload, not live), NOW_S + seconds)
    assert found is not None
    return found


def fare(**others: object) -> Fare:
    return replace(FARE, **others)  # type: ignore[arg-type]
