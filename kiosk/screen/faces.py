"""Which face the resident's screen has for what is told; pure, and without words. decisions: Screens"""

from enum import StrEnum
from typing import assert_never

from kiosk.frozen import dataclass
from kiosk.model import Refusal
from kiosk.ports import Hint, Signal
from kiosk.session import Notice, Show


class Tone(StrEnum):
    """The colour of the whole screen; never told by its hue alone: each has a symbol of its own."""

    READY = "ready"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAIT = "wait"
    CLOSED = "closed"


class Symbol(StrEnum):
    """The one picture on the screen."""

    SHOW = "show"
    """A card and a telephone before the reader."""
    TICK = "tick"
    CROSS = "cross"
    HAND = "hand"
    PAPER = "paper"
    PERSON = "person"
    BRIGHTER = "brighter"
    STILLER = "stiller"
    NEARER = "nearer"
    STAIRS = "stairs"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Kind:
    """`words` is the key of its headline and line below [screen.face]."""

    words: str
    tone: Tone
    symbol: Symbol


READY = Kind("ready", Tone.READY, Symbol.SHOW)
STARTING = Kind("starting", Tone.WAIT, Symbol.HAND)
CLOSED = Kind("closed", Tone.CLOSED, Symbol.CLOSED)
ACCEPTED = Kind("accepted", Tone.ACCEPTED, Symbol.TICK)
EXEMPT = Kind("exempt", Tone.ACCEPTED, Symbol.TICK)
CARD_TOO = Kind("card-too", Tone.WAIT, Symbol.SHOW)
CALLED = Kind("called", Tone.WAIT, Symbol.STAIRS)
STAFF_AT_WORK = Kind("staff-at-work", Tone.WAIT, Symbol.PERSON)
QUESTION = Kind("question", Tone.WAIT, Symbol.PERSON)
PAPER = Kind("paper", Tone.WAIT, Symbol.PAPER)
PRINTER = Kind("printer", Tone.WAIT, Symbol.PAPER)
DEVICE = Kind("device", Tone.WAIT, Symbol.HAND)
TUBE = Kind("tube", Tone.WAIT, Symbol.HAND)
PAUSED = Kind("paused", Tone.WAIT, Symbol.HAND)
STOPPED = Kind("stopped", Tone.WAIT, Symbol.HAND)
LATER = Kind("later", Tone.WAIT, Symbol.HAND)
FACES = (
    READY,
    STARTING,
    CLOSED,
    ACCEPTED,
    EXEMPT,
    CARD_TOO,
    CALLED,
    STAFF_AT_WORK,
    QUESTION,
    PAPER,
    PRINTER,
    DEVICE,
    TUBE,
    PAUSED,
    STOPPED,
    LATER,
)
"""Beside one for each hint, and for each refusal of what a resident holds up."""

_DEVICES = frozenset({"device-gone", "device-busy", "device-stuck"})


def in_passing(show: Show) -> Kind | None:
    """What a resident sees of it for a moment; None for what is the staff's alone, and for what stands between people:
    that is `in_the_way`."""
    kind, _, end = show.notice.key.partition(".")
    match kind:
        case "refused":
            return of_refusal(Refusal(end)) if show.signal is Signal.REFUSED else None
        case "hint":
            return _of_hint(Hint(end))
        case "exempted":
            return EXEMPT
        case "unit-called":
            return CALLED
        case "elsewhere-card":
            return CARD_TOO
        case _:
            return ACCEPTED if kind.startswith("accepted") else None


def in_the_way(notice: Notice) -> Kind:
    """What residents see for as long as this keeps them from being served."""
    kind, _, end = notice.key.partition(".")
    match kind:
        case "refused":
            return of_refusal(Refusal(end)) or STAFF_AT_WORK
        case "question":
            return QUESTION
        case "starting":
            return STARTING
        case "tube-wanted":
            return TUBE
        case _ if kind in _DEVICES:
            return DEVICE
        case _:
            return STAFF_AT_WORK


def of_refusal(reason: Refusal) -> Kind | None:
    """None for what only staff hold up or ask for."""
    match reason:
        case (
            Refusal.ALREADY_SAMPLED
            | Refusal.SAMPLED_AT_TABLE
            | Refusal.VOUCHER_SHOWN
            | Refusal.WRONG_CHECK_DIGIT
            | Refusal.WRONG_BIRTH_DATE
            | Refusal.UNREADABLE
            | Refusal.TOO_LONG
            | Refusal.CONTROL_BYTES
            | Refusal.UNKNOWN_CODE
            | Refusal.EXPIRED
            | Refusal.WRONG_SIGNATURE
            | Refusal.CANNOT_BE_CHECKED
            | Refusal.TORN
            | Refusal.ONE_OF_PARTS
            | Refusal.NOT_AT_THIS_SCANNER
            | Refusal.VOUCHER_WITHDRAWN
        ):
            return Kind(reason, Tone.REFUSED, Symbol.CROSS)
        case Refusal.PAPER_OUT | Refusal.COVER_OPEN:
            return PAPER
        case (
            Refusal.CUTTER_STUCK
            | Refusal.PRINTER_HOT
            | Refusal.PRINTER_BROKEN
            | Refusal.PRINTER_OFFLINE
            | Refusal.PRINTER_GONE
            | Refusal.PRINTER_BUSY
            | Refusal.PRINTER_STUCK
        ):
            return PRINTER
        case Refusal.NO_TUBE | Refusal.TUBE_FULL:
            return TUBE
        case Refusal.DISK_FULL | Refusal.BLOCK_USED_UP:
            return STOPPED
        case Refusal.DISK_BUSY:
            return LATER
        case Refusal.PAUSED:
            return PAUSED
        case (
            Refusal.OLD_STAFF_CODE
            | Refusal.ORDER_NOT_GENUINE
            | Refusal.ORDER_NOT_FOR_HERE
            | Refusal.ORDER_OVER
            | Refusal.ORDER_WITHOUT_KEY
            | Refusal.TUBE_NOT_ASKED
            | Refusal.TUBE_OPEN
            | Refusal.TUBE_USED
            | Refusal.NOT_SAMPLED
            | Refusal.HANDED_OVER
            | Refusal.OTHER_TABLES_TUBE
            | Refusal.BOX_FULL
            | Refusal.BOX_OPEN
            | Refusal.NOT_IN_A_BOX
            | Refusal.IN_A_BOX
            | Refusal.SAMPLED_TWICE
            | Refusal.LIST_TOO_LONG
            | Refusal.STRAYS
            | Refusal.CANNOT_UNDO
            | Refusal.BADGE_FIRST
            | Refusal.ROLE_MAY_NOT
            | Refusal.NOTHING_TO_DO
            | Refusal.READ_FIRST
            | Refusal.SEEN_TOO_LATE
        ):
            return None
        case never:
            assert_never(never)


def _of_hint(hint: Hint) -> Kind:
    match hint:
        case Hint.TOO_DARK:
            return Kind(hint, Tone.WAIT, Symbol.BRIGHTER)
        case Hint.GLARE:
            return Kind(hint, Tone.WAIT, Symbol.STILLER)
        case Hint.TOO_FAR:
            return Kind(hint, Tone.WAIT, Symbol.NEARER)
        case never:
            assert_never(never)
