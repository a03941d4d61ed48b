"""Several tables in the same storm, some at a time, and what is said of what was wrong."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kiosk.virtual.demo.settings import DemoSettings
from storm_table import Outcome

AT_A_TIME = 2
TABLES = tuple(
    DemoSettings(baud=baud, pool_size=pool, speed_mm_s=speed)
    for speed, pool, baud in product((150.0, 600.0), (1, 5), (19200, 115200))
)

Storm = Callable[[DemoSettings, int, str, Path, Callable[[], None]], Outcome]


def over_tables(storm: Storm, what: str, times: int, seed: int, folder: Path) -> list[Outcome]:
    """All tables, each with its share of what is done to them."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    shares = [times // len(TABLES) + (index < times % len(TABLES)) for index in range(len(TABLES))]
    with Progress(*columns, TimeRemainingColumn()) as progress, ThreadPoolExecutor(AT_A_TIME) as pool:
        bar = progress.add_task(what, total=times)
        jobs = [
            pool.submit(
                storm, settings, share, f"{seed}/{index}", folder / f"table-{index}", lambda: progress.advance(bar)
            )
            for index, (settings, share) in enumerate(zip(TABLES, shares, strict=True))
            if share
        ]
        return [job.result() for job in jobs]


def tell(console: Console, outcomes: Sequence[Outcome], otherwise: str) -> int:
    """Prints every violation, or `otherwise`; the exit status."""
    violations = [(outcome, violation) for outcome in outcomes for violation in outcome.violations]
    for outcome, violation in violations:
        given = outcome.settings
        where = f"{given.baud} baud, pool {given.pool_size}, {given.speed_mm_s:.0f} mm/s"
        console.print(f"[bold red]violation[/] ({where}):", end=" ")
        console.print(violation, markup=False)
    if not violations:
        console.print(otherwise)
    return 1 if violations else 0
