"""roster: who is expected. An office's lists are read before anybody builds on them."""

import argparse

from kiosk.cli import roster_make, roster_now
from kiosk.cli.options import Commands
from kiosk.cli.roster_lists import taken, tell, with_lists
from kiosk.cli.statuses import EXIT_NOT_READ, EXIT_UNAVAILABLE


def add(commands: Commands) -> None:
    roster = commands.add_parser("roster", help="who is expected: lists of residents").add_subparsers(
        required=True, metavar="COMMAND"
    )
    read = roster.add_parser("read", help="say what is in lists and name each row that cannot be taken")
    with_lists(read)
    read.add_argument("--dry-run", action="store_true", help="as it always is: reading writes nothing")
    read.set_defaults(command=_read)
    roster_make.add(roster)
    roster_now.add(roster)


def _read(options: argparse.Namespace) -> int:
    found = taken(options)
    if found is None:
        return EXIT_UNAVAILABLE
    intake, unread = found
    tell(options, intake, unread)
    return 0 if intake.good and not unread else EXIT_NOT_READ
