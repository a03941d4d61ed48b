"""Every face of the residents' screen, and tables whose staff's page is worth a look: for tests and for pictures."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kiosk.credentials import staff_codes
from kiosk.engine.inbox import DeviceNews, PrinterNews
from kiosk.model import Hand, Refusal, StaffAction
from kiosk.ports import Hint, PrinterFault, PrinterState, PrintOutcome, Signal
from kiosk.screen import faces
from kiosk.screen.faces import Kind, in_passing, of_refusal
from kiosk.screen.gauges import Curve, Gauges, Speed
from kiosk.screen.resident import Face, face
from kiosk.screen.staff import Said, StaffView, staff_view
from kiosk.session import Notice, Show
from kiosk.texts import Texts
from table_bench import STAFF_KEY, Bench, listed, plan_of, resident_number

SIZES = ((800, 480), (720, 1280), (1920, 1080))
STAFF_SIZES = ((1280, 800), (390, 844))
ACCEPTED = (("name", "欧阳**"), ("position", "10"), ("capacity", "20"), ("tube", "035200000104"))
CALLED = (("unit", "12号楼3单元"),)
OUT = PrinterState(known=True, faults=frozenset({PrinterFault.PAPER_OUT}))
GAUGES = Gauges(
    unsaid=3,
    free_mb=24_310,
    celsius=51.2,
    curve=Curve("06:30", (4, 11, 18, 22, 25, 24, 26, 27, 25, 21, 26, 28, 24, 9)),
    speed=Speed(200, 512.4, 718.0, {"decode": 0.4, "decide": 1.1, "commit": 3.2, "render": 1.4, "print": 506.3}),
    heard_s={"b": 4, "c": 310},
)


def kinds() -> tuple[Kind, ...]:
    """All that the screen can show, each once."""
    hints = (in_passing(Show(Signal.READY, Notice(f"hint.{hint}"))) for hint in Hint)
    refusals = (of_refusal(reason) for reason in Refusal)
    found = (*faces.FACES, *filter(None, hints), *filter(None, refusals))
    return tuple({kind.words: kind for kind in found}.values())


def face_of(kind: Kind, texts: Texts) -> Face:
    """With the longest that it may say."""
    if kind == faces.ACCEPTED:
        return face(kind, Notice("accepted", ACCEPTED), texts)
    return face(kind, Notice("", CALLED if kind in (faces.READY, faces.CALLED) else ()), texts)


def staff_views(folder: Path, language: str) -> dict[str, StaffView]:
    """A table in a quiet hour, with a question, and with more than one thing that is wrong."""
    bench = Bench(folder / "journal.sqlite", plan_of()).start()
    try:
        return dict(_staff_views(bench, Texts(language)))
    finally:
        bench.journal.close()


def _staff_views(bench: Bench, texts: Texts) -> Iterator[tuple[str, StaffView]]:
    codes = {action: text for text, action in staff_codes(STAFF_KEY).items()}

    def seen() -> StaffView:
        signal, notice = bench.shown[-1]
        at = replace(bench.clock(), trusted=True)
        return staff_view(bench.state, Said(signal, notice, at.mono_ns), GAUGES, at, texts)

    bench.finish()
    bench.offer(listed(n, f"{1 + n // 30}号楼{1 + n // 15 % 2}单元") for n in range(90))
    bench.scan(codes[StaffAction.NEXT_UNIT], hand=Hand.STAFF)
    for n in range(17):
        bench.scan(resident_number(n))
        bench.finish()
    bench.scan(codes[StaffAction.BOX], hand=Hand.STAFF)
    bench.scan(_first_tube(bench), hand=Hand.STAFF)
    bench.engine.take(DeviceNews("broker", True))
    bench.engine.rest()
    bench.scan(resident_number(20))
    bench.finish()
    bench.engine.rest()
    yield "quiet", seen()
    bench.scan(resident_number(21))
    bench.finish(PrintOutcome.UNCONFIRMED)
    yield "question", seen()
    bench.scan(codes[StaffAction.YES], hand=Hand.STAFF)
    bench.engine.take(DeviceNews("scanner", True))
    bench.engine.take(DeviceNews("scanner", False))
    bench.engine.take(DeviceNews("broker", False))
    bench.engine.take(PrinterNews("printer", OUT))
    yield "faults", seen()


def _first_tube(bench: Bench) -> str:
    return next(job.subject.code for job in bench.sent if job.kind == "label")  # type: ignore[union-attr,return-value]
