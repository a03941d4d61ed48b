"""The journal is removed, rolled back, spoilt, swapped, or its disk is full, at random instants of a busy run.

`make losses` does 200; ARGS="--losses 50 --seed 2" as many as wanted, ARGS="--out DIR" keeps the paper, the log and the
files of a table where something is wrong. Exit status 1 on any violation: a tube or voucher number twice unmarked on
paper, a loss that neither staff nor the centre was told of, one that was told and is none, or a queue that stands.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as Printed

from loss_acts import Act
from loss_judge import LossOutcome
from loss_table import losses
from small_disk import WHY_NOT, can_mount
from storm_tables import over_tables, tell


def figures(outcomes: Sequence[LossOutcome]) -> Printed:
    table = Printed(title="What became of the journal, and what was said of it")
    table.add_column("")
    for heading in ("done", "something was lost", "told"):
        table.add_column(heading, justify="right")
    done, lost, told = (_sum(outcomes, name) for name in ("done", "lost", "told"))
    for act in Act:
        table.add_row(act, *(str(count[act]) for count in (done, lost, told)))
    table.add_row("all", *(str(count.total()) for count in (done, lost, told)), style="bold")
    return table


def _sum(outcomes: Sequence[LossOutcome], name: str) -> Counter[str]:
    return sum((getattr(outcome, name) for outcome in outcomes), Counter[str]())


def summary(outcomes: Sequence[LossOutcome]) -> str:
    names = ("starts", "people", "green", "unmarked", "damaged", "people_lost")
    starts, people, green, unmarked, damaged, gone = (sum(getattr(each, name) for each in outcomes) for name in names)
    return (
        f"{starts} starts, {people} people came, {green} saw the green lamp, {unmarked} unmarked slips on paper;"
        f" {damaged} damaged journals were put aside, {gone} people were not known any more."
    )


def main() -> int:
    """Prints the figures and every violation; exit status 1 if there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--losses", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as folder:
        found = over_tables(losses, "losses", asked.losses, asked.seed, asked.out or Path(folder))
    outcomes = [outcome for outcome in found if isinstance(outcome, LossOutcome)]
    console.print(figures(outcomes))
    console.print(summary(outcomes))
    if not can_mount():
        console.print(f"Without a full disk: {WHY_NOT}.")
    return tell(console, outcomes, "No number came out twice, and every loss was told.")


if __name__ == "__main__":
    raise SystemExit(main())
