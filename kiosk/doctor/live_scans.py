"""What `kiosk scan` shows: each scan as it comes, what it means, masked, and the time that each hop took."""

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Mapping

from kiosk import credentials
from kiosk.credentials import BadgeCode, Credential, Identity, OrderCode, Rejected, StaffCode, TubeCode, VoucherCode
from kiosk.engine.attendants import Crew, ScannerAttendant
from kiosk.engine.inbox import Crashed, DeviceNews, Hinted, Inbox, Item, ScanFailed, Scanned, new_inbox
from kiosk.model import Hand
from kiosk.model.orders import kind_of
from kiosk.ports import CardScan, Scan, Scanner, TextScan, Timed

_TURN_S = 0.2
_STOP_S = 2.0
# The masks come with a keyed hash that nobody asks for here.
_NO_KEY = bytes(32)

Understand = Callable[[Scan], Credential | Rejected]


def watch(
    scanners: Mapping[str, Scanner], understand: Understand, now_ns: Callable[[], int], stopping: threading.Event
) -> Generator[str, None, None]:
    """A line for each thing that happens, until `stopping`. Raises RuntimeError for a fault of ours."""
    inbox = new_inbox()
    members = tuple(ScannerAttendant(name, inbox, each, Hand.SHARED, now_ns) for name, each in scanners.items())
    crew = Crew(members, now_ns)
    width = max(map(len, scanners), default=0)
    crew.start()
    try:
        while not stopping.is_set():
            for item in _next(inbox, crew):
                line = _line(item, scanners, understand, now_ns)
                if line:
                    yield f"{line[0]:<{width}}  {line[1]}"
    finally:
        crew.stop(_STOP_S, lambda: None)


def _next(inbox: Inbox, crew: Crew) -> Iterable[Item]:
    try:
        return (inbox.get(timeout=_TURN_S),)
    except queue.Empty:
        return tuple(crew.overdue())


def _line(
    item: Item, scanners: Mapping[str, Scanner], understand: Understand, now_ns: Callable[[], int]
) -> tuple[str, str] | None:
    match item:
        case Scanned(source, scan, at_ns, _):
            return source, _told(scan, at_ns, scanners[source], understand, now_ns)
        case ScanFailed(source, _, why, _):
            return source, f"not read: {why}"
        case Hinted(source, hint):
            return source, f"hint: {hint}"
        case DeviceNews(device, up, why):
            return device, "ready" if up else f"gone: {why}"
        case Crashed(thread, error):
            raise RuntimeError(f"thread {thread} ended") from error
    return None


def _told(scan: Scan, at_ns: int, scanner: Scanner, understand: Understand, now_ns: Callable[[], int]) -> str:
    found = understand(scan)
    understood_ns = now_ns() - at_ns
    heard_ns = scanner.heard_ns if isinstance(scanner, Timed) else 0
    # What came after the scan belongs to the next one.
    framed = f"{(at_ns - heard_ns) / 1e6:.2f} ms" if 0 < heard_ns <= at_ns else "?"
    return f"{in_words(scan, found)}  arrived -> read {framed} -> understood {understood_ns / 1e6:.2f} ms"


def in_words(scan: Scan, found: Credential | Rejected) -> str:
    """How it was read and what it means; of every number only its last characters."""
    match scan:
        case CardScan(kind):
            read = f"card ({kind})"
        case TextScan(data):
            read = f"code ({len(data)} bytes)"
    return f"{read}: {_meaning(found)}"


def _meaning(found: Credential | Rejected) -> str:
    match found:
        case Identity():
            person = credentials.person(found, _NO_KEY)
            return f"person {person.number} {person.name}".rstrip()
        case TubeCode(code, preprinted):
            return f"{'preprinted ' if preprinted else ''}tube {_end_of(code)}"
        case VoucherCode(number):
            return f"voucher {_end_of(number)}"
        case StaffCode(action):
            return f"staff code: {action}"
        case BadgeCode(badge):
            return f"badge {badge.name} ({badge.role})"
        case OrderCode(order):
            return f"order {order.n}: {kind_of(order.command)}"
        case Rejected(reason):
            return f"refused: {reason}"


def _end_of(code: str) -> str:
    return "*" * (len(code) - len(code) // 4) + code[len(code) - len(code) // 4 :]
