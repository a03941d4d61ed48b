"""The seams of the product: scanner, printer, panel, broker, and the values that cross them."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from kiosk.frozen import dataclass


class DeviceError(Exception):
    """A device did not do its part. The message names the device, never what was scanned."""


class DeviceGone(DeviceError):
    """The line is dead: close, wait, open again."""


class DeviceAbsent(DeviceGone):
    """Nothing is there: no node, nobody who listens. To look again costs nobody anything."""


class DeviceBusy(DeviceGone):
    """Somebody else has it: another process, or on the network another who goes by our name."""


class DeviceSilent(DeviceError):
    """The line is up and nobody answers: count, then open again."""


class DeviceRefused(DeviceError):
    """The device asks for a human (paper, cover); nothing was printed."""


class FrameError(DeviceError):
    """What came was torn or noisy: drop it, count it, go on with the next frame."""


class FrameTooLong(FrameError):
    """More bytes without an end than any code has."""


class CardKind(StrEnum):
    """The four documents that an ID-card module reads (character at text offset 248)."""

    RESIDENT = "resident"
    HMT_PERMIT = "hmt-permit"
    FOREIGNER_2017 = "foreigner-2017"
    FOREIGNER_2023 = "foreigner-2023"


@dataclass(frozen=True, slots=True)
class TextScan:
    """One reading of a code: its payload without framing. Identity may be inside, so repr shows none."""

    data: bytes = field(repr=False)
    part: bool = False
    """The symbol itself says that it is one of several, which make one code together."""
    at_start: bool = field(default=False, repr=False, compare=False)
    """It came together with others as the scanner was opened: a text that is no code may be what it says at its
    start."""


@dataclass(frozen=True, slots=True)
class CardScan:
    """One reading of a chip card; number and name in clear, for as long as the decision takes."""

    kind: CardKind
    number: str = field(repr=False)
    name: str = field(repr=False)


Scan = TextScan | CardScan


class Hint(StrEnum):
    """What keeps a scanner from reading the code that is held up; no scan and no refusal."""

    TOO_DARK = "too-dark"
    GLARE = "glare"
    TOO_FAR = "too-far"


class Scanner(Protocol):
    """A source of scans."""

    def open(self) -> None:
        """Raises DeviceGone if it is not there."""

    def read(self, timeout: float) -> Scan | Hint | None:
        """The next scan or hint, None after `timeout` seconds. Raises DeviceGone, DeviceSilent, FrameError."""

    def close(self) -> None: ...


@runtime_checkable
class Timed(Protocol):
    """A scanner that knows when the last byte of its scan, or the frame with it, came."""

    @property
    def heard_ns(self) -> int:
        """Monotonic nanoseconds; 0 before the first."""


class PrinterFault(StrEnum):
    """What keeps a printer from printing until a human acts, in the order in which a human mends it: a cover that is
    open hides whether there is paper."""

    COVER_OPEN = "cover-open"
    PAPER_OUT = "paper-out"
    CUTTER = "cutter"
    BROKEN = "broken"
    HOT = "hot"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What the printer last said of itself; `known` is False for a printer that cannot say."""

    known: bool = False
    faults: frozenset[PrinterFault] = frozenset()
    paper_low: bool = False

    @property
    def ready(self) -> bool:
        return not self.faults


class PrintOutcome(StrEnum):
    """What is known of a slip whose bytes were sent."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNKNOWABLE = "unknowable"
    """The printer is one-way by design: not a fault, and staff are not asked each time."""


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"


COLUMNS = {58: 32, 80: 48}
"""Columns across the paper, by its width in mm."""


def columns(text: str) -> int:
    """How wide a text prints at magnification 1: Chinese and other full-width characters take two columns."""
    return sum(1 if unicodedata.east_asian_width(character) in ("N", "Na", "H") else 2 for character in text)


@dataclass(frozen=True, slots=True)
class Text:
    """Text that goes on in a new line where the paper ends, `indent` columns in; width and height magnify 1-8."""

    text: str
    width: int = 1
    height: int = 1
    bold: bool = False
    align: Align = Align.LEFT
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts on one line, at its two edges; on two lines if the paper is too narrow for both."""

    left: Text
    right: Text


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """A Code 128 symbol in code set C: an even number of digits; heights and modules in dots."""

    digits: str
    height: int
    module: int


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR symbol, model 2, level M; `module` in dots, less where the paper is too narrow."""

    data: str
    module: int


@dataclass(frozen=True, slots=True)
class Space:
    """Blank paper, in dots."""

    dots: int


Element = Text | Pair | Rule | Barcode | QrCode | Space


@dataclass(frozen=True, slots=True)
class Document:
    """One slip from top to cut; `name` says what it is in logs."""

    name: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What became of a batch of slips, in their order; times are monotonic nanoseconds. `alive` is False if the
    printer went away or stopped answering meanwhile."""

    outcomes: tuple[PrintOutcome, ...]
    rendered_ns: int
    written_ns: int
    ended_ns: int
    alive: bool = True


class Printer(Protocol):
    """A slip printer. One caller at a time."""

    def open(self, interrupted: bool) -> PrinterState:
        """Brings the printer to the top of an empty slip; a half-sent one (`interrupted`) is ended and cut off first.
        Raises DeviceGone, DeviceSilent."""

    def status(self, timeout: float) -> PrinterState:
        """The state after at most `timeout` seconds, at once when it changes. Raises DeviceGone, DeviceSilent."""

    def wake(self) -> None:
        """From any thread: the `status` that waits ends, or else the next one. It never blocks."""

    def print(self, documents: Sequence[Document], changed: Callable[[PrinterState], None]) -> PrintReport:
        """Prints the slips in order; tells `changed` each new state while it waits. Raises DeviceError only if
        nothing was printed; not knowing is an outcome."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PrinterFacts:
    """What a printer told when it was asked; a text is empty where it gave none. Clones lie about maker and model."""

    state: PrinterState = PrinterState()
    asb: bool = False
    process_id: bool = False
    fence: bool = False
    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = field(default="", repr=False)
    font: str = ""


class PrinterProbe(Protocol):
    """Gets to know a printer. One caller at a time; every method but `close` raises DeviceGone, DeviceSilent."""

    def open(self) -> None:
        """Raises DeviceBusy too."""

    def state(self) -> PrinterState:
        """Asked anew, not known if it does not answer; takes a moment, so that it may be called in a loop."""

    def facts(self) -> PrinterFacts:
        """What it can say; only a printer that is ready can say all. Some seconds with one that says nothing."""

    def calibrate(self) -> PrinterState:
        """Prints the calibration slip; with a fault in what it returns, the slip is torn."""

    def close(self) -> None:
        """Leaves the printer at the top of an empty line, saying nothing unasked."""


class Signal(StrEnum):
    """What the panel tells by lamp and sound."""

    READY = "ready"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ATTENTION = "attention"
    QUESTION = "question"
    """As attention, and staff are asked something."""
    NOTED = "noted"
    """Staff did something and it was done."""


class Button(StrEnum):
    """The buttons that a panel may have."""

    YES = "yes"
    NO = "no"
    SEAL = "seal"
    REPRINT = "reprint"
    REPRINT_LABEL = "reprint-label"
    VOID_LAST = "void-last"
    PAUSE = "pause"
    REPORT = "report"
    TUBE = "tube"
    SINGLE = "single"
    POOL_1 = "pool-1"
    POOL_5 = "pool-5"
    POOL_10 = "pool-10"
    POOL_20 = "pool-20"
    HOUSEHOLD = "household"
    WITH_ME = "with-me"
    EXEMPT_UNDER_AGE = "exempt-under-age"
    EXEMPT_VACCINATED = "exempt-vaccinated"
    EXEMPT_RECOVERED = "exempt-recovered"
    EXEMPT_ELSEWHERE = "exempt-elsewhere"
    EXEMPT_BEDRIDDEN = "exempt-bedridden"
    VOID = "void"
    MOVE = "move"
    BOX = "box"
    BOX_OUT = "box-out"
    BAG = "bag"
    BOX_SEAL = "box-seal"
    BOX_CLOSE = "box-close"
    HAND_OVER = "hand-over"
    HAND_OVER_BACK = "hand-over-back"
    UNDO = "undo"
    AGAIN = "again"
    SAME_PERSON = "same-person"
    NEXT_UNIT = "next-unit"
    MISSING_HERE = "missing-here"
    MISSING = "missing"


class Panel(Protocol):
    """Lamps, buzzer and buttons. `pressed` may be called from any thread."""

    def open(self, pressed: Callable[[Button], None]) -> None: ...

    def show(self, signal: Signal) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the broker; topic and seq tell its acknowledgement from others."""

    topic: str
    seq: int
    payload: bytes
    retain: bool = True


class Broker(Protocol):
    """The line to the broker. One caller at a time."""

    def open(
        self, will: Message, hears: Sequence[str] = (), recalls: Sequence[str] = (), of_others: Sequence[str] = ()
    ) -> None:
        """Connects, leaving the will behind; what stands on topics that fit the filters `hears`, and what comes there
        later, is told to us, and of `recalls` what stands there now. `of_others` are some of `hears`, of which our own
        words are not told to us where the protocol can say so. Raises DeviceGone, DeviceSilent."""

    def publish(self, message: Message) -> None:
        """Hands over at QoS 1. Raises DeviceGone if it was not taken."""

    def acknowledged(self, timeout: float) -> list[Message]:
        """What the broker has taken over since the last call; waits up to `timeout` seconds. Raises DeviceGone."""

    def refused(self) -> list[tuple[Message, str]]:
        """What the broker has not taken since the last call, and its word for why."""

    def heard(self) -> list[tuple[str, bytes]]:
        """Topics and what was said there last, since the last call: what came in while `acknowledged` waited."""

    def leave(self, hears: str) -> None:
        """Nothing that fits this one of `hears` alone is told any more. Raises DeviceGone."""

    @property
    def recalled(self) -> bool:
        """Whether all that stands on `recalls` has come, or none of it ever will."""

    @property
    def denied(self) -> frozenset[str]:
        """Those of `hears` of which the broker said that nothing will be told to us."""

    @property
    def protocol(self) -> str:
        """What is spoken on this connection, `5` or `3.1.1`: by the older one a message that is refused looks taken."""

    def wake(self) -> None:
        """From any thread: the `acknowledged` that waits ends, or else the next one. It never blocks."""

    def close(self) -> None:
        """Leaves in good order: the will is not sent."""


class Plug(StrEnum):
    """What kind of thing is plugged in."""

    SERIAL = "serial port"
    KEYBOARD = "keyboard or scanner"
    POS_SCANNER = "scanner in HID POS mode"
    USB_PRINTER = "USB printer"
    PI_CAMERA = "camera"
    USB_CAMERA = "USB camera"
    GPIO = "GPIO"


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """One device that the kernel knows; found without opening it.

    `names` are other paths of `node` that stay when it is plugged in again, the best first; `group_may` and `openable`
    say whether its group, and whoever asks, may read and write it; `console`: the system's own console uses it.
    """

    kind: Plug
    node: str
    names: tuple[str, ...] = ()
    title: str = ""
    vendor: int | None = None
    product: int | None = None
    group: str = ""
    group_may: bool = True
    openable: bool = True
    console: bool = False
