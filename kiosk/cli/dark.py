"""dark: lamps and buzzer off after an end that let the kiosk do nothing. No configuration and no journal is read."""

import argparse
import errno
import json
from collections.abc import Sequence
from pathlib import Path

from drivers.darkness import NotKnownError, put_out, recall
from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_BUSY, EXIT_LIT

NOTHING = "No panel was ever lit from here."
BUSY = "The kiosk has the pins: stop it first."


def add(commands: Commands) -> None:
    dark = commands.add_parser("dark", help="put lamps and buzzer out after a kiosk that was killed")
    _with_options(dark)
    dark.set_defaults(command=_dark)


def main(arguments: Sequence[str]) -> int:
    """The command without the others."""
    parser = argparse.ArgumentParser(prog="kiosk dark", description="Puts lamps and buzzer out.")
    _with_options(parser)
    return _dark(parser.parse_args(arguments))


def _with_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="the kiosk's state directory")
    parser.add_argument("--json", action="store_true", help="for programs")


def _dark(options: argparse.Namespace) -> int:
    try:
        lit = recall(options.state)
    except NotKnownError as error:
        _say(options, {"dark": [], "lit": [], "why": str(error)}, f"It is not known which pins are lit: {error}")
        return EXIT_LIT
    if lit is None:
        _say(options, {"dark": [], "lit": []}, NOTHING)
        return 0
    return _tell(options, put_out(lit))


def _tell(options: argparse.Namespace, found: dict[int, OSError | None]) -> int:
    dark = [pin for pin, error in found.items() if error is None]
    lit = {pin: error for pin, error in found.items() if error is not None}
    busy = any(error.errno == errno.EBUSY for error in lit.values())
    whys = [{"pin": pin, "why": error.strerror or str(error)} for pin, error in lit.items()]
    words = [f"Dark: {', '.join(map(str, dark)) or 'none'}"]
    words += [f"Not dark: {each['pin']}, {each['why']}" for each in whys]
    _say(options, {"dark": dark, "lit": whys}, "\n".join(words + [BUSY] * busy))
    return EXIT_BUSY if busy else EXIT_LIT if lit else 0


def _say(options: argparse.Namespace, told: dict[str, object], words: str) -> None:
    print(json.dumps(told) if options.json else words)
