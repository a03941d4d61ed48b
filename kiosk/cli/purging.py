"""purge: whom a kiosk met in rounds that are over is forgotten, and it is looked whether anything is left."""

import argparse
import json
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_BUSY, EXIT_UNFINISHED
from kiosk.config import ConfigError, Mistake, read_config

if TYPE_CHECKING:
    from kiosk.journal import Purged


def add(commands: Commands) -> None:
    purging = commands.add_parser("purge", help="forget who came in rounds that are over; the kiosk is stopped")
    purging.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    purging.add_argument(
        "--round", action="append", default=[], metavar="ROUND", help="of this round however old (default: what is due)"
    )
    purging.add_argument("--anyway", action="store_true", help="though the centre does not have every record")
    purging.add_argument("--put-aside", action="store_true", help="overwrite damaged journals that were put aside, too")
    purging.add_argument("--json", action="store_true", help="for programs")
    purging.set_defaults(command=_purge)


def _purge(options: argparse.Namespace) -> int:
    from kiosk.app import Clock, alone, forgotten, put_aside_in, serves
    from kiosk.cli.journals import journal_in
    from kiosk.journal import JournalError, overwrite

    config = read_config(options.config)
    directory, present = config.state.directory, config.point.round
    if present in options.round:
        fix = "Name another, or begin the next round first: who came would be let in again"
        raise ConfigError("purge", [Mistake("--round", f"{present} is the present round", fix)])
    journal = journal_in(directory, "Name the configuration of a kiosk that has served, as a user who may write there")
    if serves(directory):
        print("The kiosk serves. Stop it first: systemctl stop kiosk. Nothing was changed.", file=sys.stderr)
        return EXIT_BUSY
    now = Clock(config.point.clock == "trusted")()
    try:
        with alone(directory):
            done = forgotten(journal, config, now, options.round, options.anyway)
            for file in put_aside_in(directory) if options.put_aside else ():
                overwrite(file)
            holding = _holding(directory, done.traces)
    except (JournalError, OSError) as error:
        fix = "Run it again; what was forgotten stays so"
        raise ConfigError(str(directory), [Mistake("journal.sqlite", str(error), fix)]) from error
    said = {"rounds": done.rounds, "people": done.people, "waits": done.waits, "holding": holding}
    print(json.dumps(said) if options.json else "\n".join(_in_words(done, holding)))
    return EXIT_UNFINISHED if holding or done.waits else 0


def _holding(directory: Path, traces: frozenset[int]) -> list[str]:
    """The files that still tell of somebody: a copy of the journal that was put aside when it was damaged."""
    from kiosk.journal import found_again

    return sorted(file.name for file in directory.iterdir() if file.is_file() and found_again([file], traces))


def _in_words(done: "Purged", holding: Collection[str]) -> Iterator[str]:
    of = f"of {', '.join(done.rounds)}" if done.rounds else "as no round is due"
    yield f"{done.people} people were forgotten, {of}"
    if done.rounds and not done.people:
        yield "Nobody of it is known here: it was forgotten before, or it is called otherwise"
    if done.waits:
        yield f"kept: {', '.join(done.waits)}. The centre does not have every record: kiosk export, then purge --anyway"
    if holding:
        yield f"still told by {', '.join(holding)}: a damaged journal that was put aside; purge --put-aside ends it"
    elif done.people:
        yield "Every file beside the journal was searched for their keys and sealed identities: nothing is left"
