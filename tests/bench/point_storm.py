"""A point in a storm: three tables, printers, a broker, staff, residents, crashes, cut lines and lying clocks in one
process, on simulated time and out of one seed.

`make storm` tries 40 hours; ARGS="--hours 10000 --seed 1" as many as one likes. A seed that fails is named with its
event; `--seed S --hours 4 --trace` plays it again, event by event.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from storm_point import StormPoint

HOURS = 4
"""Of one point, then another seed."""
LOOKED_AT = 60
"""Events between two looks at what must hold at any time."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1, help="of the first point; each next one has the next")
    parser.add_argument("--trace", action="store_true", help="say each event")
    options = parser.parse_args(arguments)
    console, begun, told = Console(), time.monotonic(), Counter[str]()
    memory = Path("/dev/shm")  # noqa: S108 - where it is memory
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        seeds = range(options.seed, options.seed + max(1, options.hours // HOURS))
        for seed in track(seeds, "points", console=Console(stderr=True), transient=True):
            try:
                told += play(Path(folder) / str(seed), seed, options.trace)
            except Exception as error:
                console.print(f"seed {seed}: {type(error).__name__}: {error}", style="bold red", markup=False)
                raise
    console.print(", ".join(f"{n} {what}" for what, n in told.most_common()), markup=False)
    console.print(f"{options.hours} point-hours in {time.monotonic() - begun:.0f} s: all holds")
    return 0


def play(folder: Path, seed: int, trace: bool = False) -> Counter[str]:
    """One point for its hours; what people were told, and how often. Raises storm_point.Wrong."""
    folder.mkdir()
    point = StormPoint(folder, seed, print if trace else lambda _: None)
    try:
        while point.seconds < HOURS * 3600:
            point.step()
            if point.events % LOOKED_AT == 0:
                point.look()
        point.look_when_settled()
    except BaseException as error:
        error.add_note(f"seed {seed}, event {point.events}, {point.seconds:.0f} s")
        raise
    finally:
        point.close()
    return point.told + Counter({"events": point.events})


if __name__ == "__main__":
    raise SystemExit(main())
