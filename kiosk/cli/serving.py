"""run, check: the kiosk at its table."""

import argparse
import sys

from kiosk.cli.options import Commands, with_config
from kiosk.cli.statuses import EXIT_UNPROVISIONED
from kiosk.config import read_config
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
        config = read_config(options.config) if begins else config
    return 0


def _check(options: argparse.Namespace) -> int:
    from kiosk.app import check

    check(options.config, options.credentials)
    print(f"{options.config}: good")
    return 0
