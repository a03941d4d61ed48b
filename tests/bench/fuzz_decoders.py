"""Feeds every pure decoder random and mutated inputs and fails on any exception but the declared ones.

`make fuzz` gives each decoder 10 million inputs; `make fuzz ARGS="--inputs 200000"` is a short run.
"""

import argparse
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.pool import Pool
from random import Random

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fuzz_streams import STREAM_DECODERS
from fuzz_texts import TEXT_DECODERS

BATCH = 2000
DECODERS = TEXT_DECODERS | STREAM_DECODERS


@dataclass(frozen=True, slots=True)
class Share:
    """A batch of one decoder; its inputs follow from the seed alone."""

    decoder: str
    seed: str
    inputs: int


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a batch: inputs that a declared exception refused, CPU time, the slowest input, a fault."""

    share: Share
    declared: int
    seconds: float
    slowest_s: float
    slowest: bytes
    fault: str = ""


def worked(share: Share) -> Done:
    decoder, rng = DECODERS[share.decoder], Random(share.seed)
    declared, spent, slowest, slow_input = 0, 0.0, 0.0, b""
    for _ in range(share.inputs):
        data = decoder.make(rng)
        begun = time.thread_time()
        try:
            decoder.feed(data)
        except decoder.declared:
            declared += 1
        except BaseException:
            # A panic of a library in Rust is no Exception.
            fault = f"{share}\ninput {data!r}\n{traceback.format_exc()}"
            return Done(share, declared, spent, slowest, slow_input, fault)
        took = time.thread_time() - begun
        spent += took
        if took > slowest:
            slowest, slow_input = took, data
    return Done(share, declared, spent, slowest, slow_input)


def shares(decoder: str, inputs: int, seed: int) -> Iterator[Share]:
    for at in range(0, inputs, BATCH):
        yield Share(decoder, f"{seed}/{decoder}/{at}", min(BATCH, inputs - at))


def fuzzed(decoder: str, options: argparse.Namespace, pool: Pool, progress: Progress) -> list[Done]:
    """Every batch of one decoder, or those up to the first that failed."""
    bar = progress.add_task(decoder, total=options.inputs)
    done: list[Done] = []
    for each in pool.imap_unordered(worked, shares(decoder, options.inputs, options.seed)):
        done.append(each)
        progress.advance(bar, each.share.inputs)
        if each.fault:
            break
    return done


def told(decoder: str, done: list[Done], seconds: float) -> str:
    inputs = sum(each.share.inputs for each in done)
    own = sum(each.seconds for each in done)
    slowest = max(done, key=lambda each: each.slowest_s)
    declared = sum(each.declared for each in done)
    return (
        f"{decoder:24} {inputs:>10} inputs {inputs / seconds:>7.0f}/s {own / inputs * 1e6:>7.1f} us each; slowest "
        f"{slowest.slowest_s * 1e3:.1f} ms ({slowest.slowest[:8]!r}); {declared} refused by a declared exception"
    )


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000_000, help="for each decoder (default %(default)s)")
    parser.add_argument("--decoder", choices=DECODERS, action="append", help="only this one; may be given again")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="the same seed gives the same inputs")
    return parser.parse_args()


def main() -> int:
    options, console = settings(), Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"seed {options.seed}")
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for decoder in options.decoder or DECODERS:
            begun = time.monotonic()
            with Progress(*columns, console=console, transient=True) as progress:
                done = fuzzed(decoder, options, pool, progress)
            console.print(told(decoder, done, time.monotonic() - begun))
            for fault in (each.fault for each in done if each.fault):
                console.print(fault)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
