"""Orders of scans, acts of staff, faults and power cuts that nobody thought of, at a table in memory.

`make disorder` tries 2,000 of them; ARGS="--examples 10000 --steps 60" more, and longer ones. It ends with what was
broken, and the shortest order that breaks it.
"""

import argparse
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from session_machine import Table


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=30, help="events in each")
    options = parser.parse_args(arguments)
    begun = time.monotonic()
    chosen = settings(
        max_examples=options.examples,
        stateful_step_count=options.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Table, settings=chosen)
    seconds = time.monotonic() - begun
    Console().print(f"{options.examples} orders of up to {options.steps} events in {seconds:.0f} s: all holds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
