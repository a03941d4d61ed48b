"""run, check: the kiosk at its table."""

import argparse
import sys
from pathlib import Path

from kiosk.cli.options import Commands, with_config
from kiosk.cli.statuses import EXIT_UNPROVISIONED
from kiosk.config import Config, ConfigError, read_config
from kiosk.config.ordered import go_on
from kiosk.log import say, start_logging

_UNPROVISIONED = """This kiosk is not provisioned: it serves nobody yet. Nothing is broken.
There is no {}. Put the table's configuration there and its keys beside it, then start the service."""


def add(commands: Commands) -> None:
    run = commands.add_parser("run", help="serve at the table; what systemd starts")
    with_config(run)
    run.set_defaults(command=_run)
    check = commands.add_parser("check", help="check a configuration without starting")
    with_config(check)
    check.set_defaults(command=_check)


def _run(options: argparse.Namespace) -> int:
    """Until a signal; a round that the centre orders begins in the same process."""
    start_logging()
    if not options.config.exists():
        say("unprovisioned", file=str(options.config))
        print(_UNPROVISIONED.format(options.config), file=sys.stderr)
        return EXIT_UNPROVISIONED
    config = read_config(options.config)
    from kiosk.app import Clock, Ending, Kiosk

    begins, ending = True, Ending()
    while begins:
        kiosk = Kiosk(config, options.credentials, Clock(config.point.clock == "trusted"), ending)
        try:
            kiosk.run()
        finally:
            options.left_behind = kiosk.left_behind
        begins = kiosk.begins_anew and not kiosk.left_behind
        config = _anew(options.config, config) if begins else config
    return 0


def _anew(file: Path, before: Config) -> Config:
    """Somebody may be writing in the file: that ends no table that serves."""
    try:
        return read_config(file)
    except ConfigError as error:
        say("configuration-not-read", file=str(file), why=[each.key for each in error.mistakes])
        return go_on(before)


def _check(options: argparse.Namespace) -> int:
    from kiosk.app import check

    check(options.config, options.credentials)
    print(f"{options.config}: good")
    return 0
