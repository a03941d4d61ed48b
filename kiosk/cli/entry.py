"""One call of the command: its options, and what is said of what went wrong."""

import argparse
import os
import resource
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from types import ModuleType

from kiosk.cli import serving
from kiosk.cli.options import PrintVersion
from kiosk.cli.statuses import EXIT_CONFIG, EXIT_FAULT, EXIT_INTERRUPTED, EXIT_JOURNAL
from kiosk.config import ConfigError
from kiosk.journal import JournalError
from kiosk.log import flush_log, say, say_fault, start_logging


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status, but not to a process of its own that a device's thread holds up."""
    if arguments is None:
        # Identities pass through memory: whatever ends the process, no image of it is left, by whatever it was started.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser(_rooms(given)).parse_args(given)
    except KeyboardInterrupt:
        # Nothing has begun.
        return EXIT_INTERRUPTED
    status = _status_of(options)
    if arguments is None and getattr(options, "left_behind", False):
        # Libraries that close their devices or wait for their threads at exit would hang as that thread does.
        sys.stdout.flush()
        os._exit(status)
    return status


def _status_of(options: argparse.Namespace) -> int:
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal without Chinese characters must not stop a guard's or a printer's check.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int = options.command(options)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    except JournalError as error:
        say("journal-error", why=str(error))
        print(f"{error}\nIt has stopped serving; the next start tells what is lost, if anything.", file=sys.stderr)
        return EXIT_JOURNAL
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        start_logging()
        say_fault(error)
        print("A fault of the kiosk itself; the log says where. Nothing that was accepted is lost.", file=sys.stderr)
        return EXIT_FAULT
    finally:
        flush_log()
    return status


def _rooms(given: Sequence[str]) -> tuple[ModuleType, ...]:
    """What serves at the table needs no other room, and starts the sooner."""
    if given[:1] == ["run"]:
        return (serving,)
    from kiosk.cli import (
        acts,
        board,
        broker,
        clashes,
        collecting,
        dark,
        gate,
        merging,
        orders,
        printers,
        purging,
        reception,
        records,
        retiring,
        roster,
        samples,
        scanning,
        screens,
        simulating,
        staff_codes,
        vouchers,
    )

    at_the_table = serving, screens, dark, printers, scanning, staff_codes, vouchers, acts, clashes, merging, records
    office = board, broker, collecting, orders, simulating
    return *at_the_table, purging, gate, reception, roster, samples, retiring, *office


def _parser(rooms: Sequence[ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description="The kiosk of a sampling point.")
    parser.add_argument("--version", action=PrintVersion, nargs=0, help="print the installed release")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for room in rooms:
        room.add(commands)
    return parser
