"""kill -9 of the daemon at random instants of a busy run, over several tables; then paper against journal.

`make kills` does 100; ARGS="--kills 500 --seed 1" as many as wanted, ARGS="--out DIR" keeps the journals, and the
paper and the log of a table where something is wrong. Exit status 1 on any violation.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

from storm_table import Outcome, storm
from storm_tables import over_tables, tell

FIGURES = (
    "kills",
    "bytes on the wire lost as well",
    "starts",
    "people who came",
    "people who saw the green lamp",
    "samples in the journal",
    "slips on paper",
    "torn pieces beside them",
    "slips in doubt",
    "answered yes",
    "answered no",
    "marked copies",
    "left out by staff",
    "doubts that are whole on paper",
    "violations",
)


def figures(outcomes: Sequence[Outcome]) -> Printed:
    table = Printed(title="Killed by SIGKILL: paper against journal")
    table.add_column("")
    for outcome in outcomes:
        given = outcome.settings
        heading = f"{given.baud}\npool {given.pool_size}\n{given.speed_mm_s:.0f} mm/s"
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("all", justify="right", style="bold")
    cells = [_cells(outcome) for outcome in outcomes]
    for name, *row in zip(FIGURES, *cells, strict=True):
        table.add_row(name, *map(str, row), str(sum(row)))
    return table


def _cells(outcome: Outcome) -> list[int]:
    found = outcome.audit
    judged = [found.samples, found.slips, found.torn, found.unconfirmed] if found else [0] * 4
    after = [found.copies, found.left_out, found.differences] if found else [0] * 3
    answers = [outcome.answers.get(word, 0) for word in ("yes", "no")]
    before = [outcome.kills, outcome.plugs, outcome.starts, outcome.people, outcome.accepted]
    return [*before, *judged, *answers, *after, len(outcome.violations)]


def main() -> int:
    """Prints the figures and every violation; exit status 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as folder:
        outcomes = over_tables(storm, "kills", asked.kills, asked.seed, asked.out or Path(folder))
    console.print(figures(outcomes))
    return tell(console, outcomes, "The paper agrees with the journal.")


if __name__ == "__main__":
    raise SystemExit(main())
