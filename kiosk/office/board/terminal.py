"""The board in a terminal, drawn anew while it is looked at."""

import threading
import time
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kiosk.office.board.figures import STATES, Board
from kiosk.office.board.lines import age, clock, headline, named, troubles, worst_first
from kiosk.office.board.watch import Watch
from kiosk.texts import Texts

TURN_S = 0.5
STYLES = {"trouble": "black on yellow", "silent": "bold reverse", "never": "bold", "stopped": "dim", "online": "green"}
SIGNS = {"trouble": "!", "silent": "✕", "never": "?", "stopped": "■", "online": "✓"}


def show(watch: Watch, texts: Texts, zone: ZoneInfo) -> None:
    """Until it is interrupted."""
    stopping, console = threading.Event(), Console()
    faults: list[Exception] = []
    hearing = threading.Thread(target=_run, args=(watch, stopping, faults), name="broker", daemon=True)
    hearing.start()
    try:
        with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
            while hearing.is_alive():
                live.update(picture(watch.board(), watch.why, texts, zone, console.height), refresh=True)
                time.sleep(TURN_S)
    except KeyboardInterrupt:
        pass
    finally:
        stopping.set()
        hearing.join()
    for fault in faults:
        raise fault


def _run(watch: Watch, stopping: threading.Event, faults: list[Exception]) -> None:
    try:
        watch.run(stopping)
    except Exception as error:
        faults.append(error)


def picture(board: Board, why: str, texts: Texts, zone: ZoneInfo, height: int) -> RenderableType:
    """The sums, and as many points as there is room for, those that need somebody first."""
    heard = texts.say("board.page.read")
    if board.heard_s is not None:
        heard = texts.say("board.page.heard", n=age(board.at_s - board.heard_s, texts))
    if not board.connected:
        heard = f"{texts.say('board.page.no-broker')} {why}"
    head = Text(f"{headline(board, texts)}\n", style="bold")
    head.append(f"{heard}\n", style="" if board.connected else "bold reverse")
    if board.not_understood:
        head.append(texts.say("board.page.strange", n=board.not_understood) + "\n", style="bold")
    if board.not_kept:
        head.append(texts.say("board.page.not-kept") + "\n", style="bold")
    for state in STATES:
        head.append(f" {SIGNS[state]} {texts.say(f'board.state.{state}')} {board.points[state]} ", style=STYLES[state])
        head.append(" ")
    if board.ends_s is not None:
        head.append("\n" + texts.say("board.ends", time=clock(board.ends_s, board.at_s, zone)))
    return Group(Panel(head, title=texts.say("board.title")), _points(board, texts, max(3, height - 12)))


def _points(board: Board, texts: Texts, rows: int) -> Table:
    table = Table(expand=True, show_edge=False)
    for column in ("points", "state", "people", "rate", "counted", "oldest"):
        table.add_column(texts.say(f"board.page.{column}"), no_wrap=True)
    table.add_column("", ratio=1, no_wrap=True, overflow="ellipsis")
    for tile in worst_first(board)[:rows]:
        ages = (("–" if s is None else age(board.at_s - s, texts)) for s in (tile.counted_s, tile.oldest_tube_s))
        state = Text(f"{SIGNS[tile.state]} {texts.say(f'board.state.{tile.state}')}", style=STYLES[tile.state])
        of = "" if tile.expected is None else f" / {tile.expected}"
        sums = (f"{tile.people}{of}", str(tile.per_hour))
        # As text: what a table says is no markup.
        table.add_row(Text(named(tile)), state, *sums, *ages, Text(troubles(tile, texts)))
    return table
