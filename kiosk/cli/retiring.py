"""retire: a kiosk is taken out, and the district is told."""

import argparse
import json
import sys
from dataclasses import asdict

from kiosk.cli.options import Commands, with_config
from kiosk.cli.statuses import EXIT_BUSY, EXIT_UNAVAILABLE
from kiosk.config import read_config


def add(commands: Commands) -> None:
    retiring = commands.add_parser("retire", help="say what the centre does not have, and that this kiosk is taken out")
    with_config(retiring)
    retiring.add_argument("--json", action="store_true", help="for programs")
    retiring.set_defaults(command=_retire)


def _retire(options: argparse.Namespace) -> int:
    from kiosk.app import alone, serves
    from kiosk.app.retiring import retire
    from kiosk.cli.journals import journal_in, read_in
    from kiosk.journal.exporting import not_told, still_open

    config = read_config(options.config)
    directory = config.state.directory
    journal_in(directory, "Name the configuration of a kiosk that has served, as a user who may write there")
    if serves(directory):
        print("The kiosk serves. Stop it first: systemctl stop kiosk. Nothing was said.", file=sys.stderr)
        return EXIT_BUSY
    open_tubes, untold = read_in(directory, still_open), read_in(directory, not_told)
    with alone(directory):
        found = retire(config, options.credentials, _told)
    if options.json:
        print(json.dumps(asdict(found) | {"open": open_tubes, "not_told": untold}))
    elif found.is_out:
        print(f"{found.said} messages are at the centre, and that this kiosk is taken out")
    if open_tubes or untold:
        words = "tubes are in use, or were never told: seal them, let the kiosk rest 10 s, and run it again"
        print(f"{open_tubes + untold} {words}", file=sys.stderr)
    if not found.is_out:
        words = "Nothing is lost: run it again, or bring a stick (kiosk export)"
        print(f"{found.said} of {found.of} messages are at the centre: {found.why}. {words}.", file=sys.stderr)
    return 0 if found.is_out and not open_tubes and not untold else EXIT_UNAVAILABLE


def _told(said: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{said} / {of}", end="\n" if said == of else "", file=sys.stderr, flush=True)
