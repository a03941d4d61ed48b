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

from kiosk.texts import Texts
from kiosk.virtual.demo.report import voucher_numbers
from kiosk.virtual.demo.subscriber import Received, added_up
from kiosk.virtual.demo.visits import Served
from kiosk.virtual.printer import Slip

SHOWN_VISITS = 40
SHOWN_LINES = 40
WIDE = 120
"""Columns from which on paper and counts stand beside the residents, not below them."""
ALL = 1000
COUNTED = ("samples", "tubes", "labels", "vouchers", "voided")
PAPER_COLUMNS = 40
"""A slip of 58 mm has 32."""


class Stage(Protocol):
    """Where the demo is seen. Called from several threads."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def where(self, resident: str, staff: str, play: str) -> None: ...

    def visit(self, served: Served) -> None: ...

    def slip(self, slip: Slip) -> None: ...

    def received(self, received: Received) -> None: ...

    def say(self, text: str) -> None: ...


def paper_lines(slip: Slip) -> list[str]:
    """A slip in words: its text lines, and what stands in its codes."""
    lines = [line.decode("gbk", errors="replace").strip() for line in slip.lines]
    codes = [f"▌▌▐▌ {code}" for code in slip.barcodes] + [f"▣ QR {number}" for number in voucher_numbers(slip)]
    return [line for line in (*lines, *codes) if line]


def visit_line(served: Served, texts: Texts, with_kind: bool) -> Text:
    """One line, never longer than the terminal that it is for: why somebody was refused is said in few words."""
    mark, style = ("✔", "green") if served.accepted else ("✘", "red")
    kind = _kind(served, texts)
    words = served.words if served.accepted else _why_not(served, texts)
    shown = f"{kind} " if with_kind or not served.accepted else ""
    return Text(f"{served.visit.index + 1:>4} {mark} {shown}{words}", style=style, no_wrap=True, overflow="ellipsis")


def _kind(served: Served, texts: Texts) -> str:
    return texts.say(f"demo.kind.{served.visit.kind.name.lower().replace('_', '-')}")


def _why_not(served: Served, texts: Texts) -> str:
    return texts.say("demo.no-answer") if served.reason == "no-answer" else texts.say(f"refusal.{served.reason}")


def _count_rows(counts: dict[str, Any], texts: Texts, most: int) -> Iterable[tuple[str, str]]:
    """In so many rows; the rarest reasons share the last one."""
    for name in COUNTED:
        yield texts.say(f"paper.count.{name}"), str(counts.get(name, 0))
    refused = sorted(counts.get("refused", {}).items(), key=lambda each: -each[1])
    room = max(0, most - len(COUNTED))
    shown = refused if len(refused) <= room else refused[: room - 1]
    for reason, n in shown:
        yield f"✘ {texts.say(f'refusal.{reason}')}", str(n)
    if len(shown) < len(refused):
        yield f"✘ {texts.say('demo.others')}", str(sum(n for _, n in refused[len(shown) :]))


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

    def __init__(self, console: Console, texts: Texts) -> None:
        self._console, self._texts = console, texts
        self._told: dict[str, Received] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def where(self, resident: str, staff: str, play: str) -> None:
        self.say(self._texts.say("demo.where", resident=resident, staff=staff, play=play))

    def visit(self, served: Served) -> None:
        mark = "✔" if served.accepted else "✘"
        kind = _kind(served, self._texts)
        self._print("visit", f"{served.visit.index + 1:>4} {mark} {kind} {served.words}")

    def slip(self, slip: Slip) -> None:
        self._print("paper", " | ".join(paper_lines(slip)))

    def received(self, received: Received) -> None:
        if "/counts/" in received.topic:
            self._told[received.topic] = received
            rows = _count_rows(added_up(self._told.values()) or {}, self._texts, ALL)
            words = ", ".join(f"{name} {value}" for name, value in rows)
            self._print("counts", words)

    def say(self, text: str) -> None:
        self._print("demo", text)

    def _print(self, what: str, text: str) -> None:
        line = f"{self._texts.say(f'demo.line.{what}')} {text}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


class LiveStage:
    """The table as a picture that fills the terminal: residents, paper, and counts at the broker."""

    def __init__(self, console: Console, residents: int | None, texts: Texts) -> None:
        self._console, self._texts = console, texts
        self._visits: deque[Served] = deque(maxlen=SHOWN_VISITS)
        self._paper: deque[str] = deque(maxlen=SHOWN_LINES)
        self._told: dict[str, Received] = {}
        self._counts: dict[str, Any] = {}
        self._said, self._where = texts.say("demo.starting"), ""
        self._progress = Progress(
            TextColumn(texts.say("demo.title.visits")),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._progress.add_task("residents", total=residents)
        self._live = Live(get_renderable=self.picture, console=console, refresh_per_second=8, screen=True)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.__exit__(kind, error, at)

    def where(self, resident: str, staff: str, play: str) -> None:
        self._where = self._texts.say("demo.where", resident=resident, staff=staff, play=play)

    def visit(self, served: Served) -> None:
        self._visits.append(served)
        self._progress.advance(self._task)

    def slip(self, slip: Slip) -> None:
        self._paper.extend([*paper_lines(slip), "- - - - - - - -"])

    def received(self, received: Received) -> None:
        if "/counts/" in received.topic:
            self._told[received.topic] = received
            self._counts = added_up(self._told.values()) or {}

    def say(self, text: str) -> None:
        self._said = text

    def picture(self) -> Layout:
        """Of the terminal's size as it is now."""
        wide = self._console.width >= WIDE
        said = [Text(text) for text in (self._said, self._where) if text]
        lines = 1 + sum(-(-text.cell_len // self._console.width) for text in said)
        layout = Layout()
        layout.split_column(Layout(name="table"), Layout(Group(self._progress, *said), size=lines))
        visits = Layout(self._panel("visits", Group(*self._lines(wide))))
        paper = self._panel("paper", Text("\n".join(self._paper), no_wrap=True))
        counts = self._counted((self._console.height - lines) // 2 - 2)
        if wide:
            side = Layout(size=PAPER_COLUMNS)
            side.split_column(Layout(paper), Layout(counts, ratio=1))
            layout["table"].split_row(visits, side)
        else:
            below = Layout(ratio=1)
            below.split_row(Layout(paper), Layout(counts))
            layout["table"].split_column(visits, below)
        return layout

    def _lines(self, wide: bool) -> list[Text]:
        return [visit_line(served, self._texts, with_kind=wide) for served in list(self._visits)]

    def _panel(self, what: str, content: RenderableType) -> Panel:
        return Panel(_Newest(content), title=self._texts.say(f"demo.title.{what}"))

    def _counted(self, most: int) -> Panel:
        counts = Table.grid(padding=(0, 2))
        counts.add_column(no_wrap=True)
        counts.add_column(no_wrap=True, justify="right")
        for name, value in _count_rows(self._counts, self._texts, most):
            counts.add_row(name, value)
        return Panel(counts, title=self._texts.say("demo.title.counts"))


def stage(residents: int | None, language: str) -> Stage:
    """A live picture on a terminal, lines elsewhere."""
    console, texts = Console(), Texts(language)
    return LiveStage(console, residents, texts) if console.is_terminal else PlainStage(console, texts)
