"""What the demo shows: a table of residents, paper and counts on a terminal, plain lines elsewhere."""

from collections import deque
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Protocol, Self

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from kiosk.virtual.demo.report import voucher_numbers
from kiosk.virtual.demo.subscriber import Received
from kiosk.virtual.demo.visits import Served
from kiosk.virtual.printer import Slip

SHOWN_VISITS = 14
SHOWN_LINES = 24


class Stage(Protocol):
    """Where the demo is seen. Called from several threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def visit(self, served: Served) -> None: ...

    def slip(self, slip: Slip) -> None: ...

    def received(self, received: Received) -> None: ...

    def say(self, text: str) -> None: ...


def paper_lines(slip: Slip) -> list[str]:
    """A slip in words: its text lines, and what stands in its codes."""
    lines = [line.decode("gbk", errors="replace").strip() for line in slip.lines]
    codes = [f"▌▌▐▌ {code}" for code in slip.barcodes] + [f"▣ QR {number}" for number in voucher_numbers(slip)]
    return [line for line in (*lines, *codes) if line]


def _visit_text(served: Served) -> Text:
    mark, style = ("✔", "green") if served.accepted else ("✘", "red")
    return Text(f"{served.visit.index + 1:>4} {mark} {served.visit.kind:<15} {served.words}", style=style)


def _count_rows(counts: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for name in ("samples", "tubes", "labels", "vouchers", "voided"):
        yield name, str(counts.get(name, 0))
    for reason, n in counts.get("refused", {}).items():
        yield f"✘ {reason}", str(n)


class _Newest:
    """Shows the end of its content, not the beginning, where there is no room for all of it."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = console.render_lines(self._content, options.update(height=None), pad=False)
        for line in lines[-(options.height or len(lines)) :]:
            yield from line
            yield Segment.line()


class PlainStage:
    """One line an event, for pipes and logs."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def visit(self, served: Served) -> None:
        self._print("resident ", str(_visit_text(served)).strip())

    def slip(self, slip: Slip) -> None:
        self._print("paper    ", " | ".join(paper_lines(slip)))

    def received(self, received: Received) -> None:
        if received.topic.endswith("/counts"):
            words = ", ".join(f"{name} {value}" for name, value in _count_rows(received.payload))
            self._print("counts   ", words)

    def say(self, text: str) -> None:
        self._print("demo     ", text)

    def _print(self, what: str, text: str) -> None:
        self._console.print(f"{what} {text}", markup=False, highlight=False, soft_wrap=True)


class LiveStage:
    """The table as a picture: residents on the left, paper in the middle, counts on the right."""

    def __init__(self, console: Console, residents: int | None) -> None:
        self._visits: deque[Text] = deque(maxlen=SHOWN_VISITS)
        self._paper: deque[str] = deque(maxlen=SHOWN_LINES)
        self._counts: dict[str, Any] = {}
        self._said = "starting"
        self._progress = Progress(
            TextColumn("residents"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
        )
        self._task = self._progress.add_task("residents", total=residents)
        self._live = Live(get_renderable=self._picture, console=console, refresh_per_second=8, screen=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.__exit__(kind, error, at)

    def visit(self, served: Served) -> None:
        self._visits.append(_visit_text(served))
        self._progress.advance(self._task)

    def slip(self, slip: Slip) -> None:
        self._paper.extend([*paper_lines(slip), "- - - - - - - -"])

    def received(self, received: Received) -> None:
        if received.topic.endswith("/counts"):
            self._counts = received.payload

    def say(self, text: str) -> None:
        self._said = text

    def _picture(self) -> Layout:
        counts = Table.grid(padding=(0, 2))
        for name, value in _count_rows(self._counts):
            counts.add_row(name, value)
        layout = Layout()
        layout.split_column(Layout(name="table"), Layout(Group(self._progress, Text(self._said)), size=3))
        layout["table"].split_row(
            Layout(Panel(_Newest(Group(*self._visits)), title="residents"), ratio=3),
            Layout(Panel(_Newest(Text("\n".join(self._paper))), title="paper"), ratio=2),
            Layout(Panel(counts, title="counts at the broker"), size=30),
        )
        return layout


def stage(residents: int | None) -> Stage:
    """A live picture on a terminal, lines elsewhere."""
    console = Console()
    return LiveStage(console, residents) if console.is_terminal else PlainStage(console)
