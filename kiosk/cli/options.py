"""Options that several commands have, and what their values may be."""

import argparse
import os
from pathlib import Path
from typing import NoReturn, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001
"""What `add_subparsers` gives: argparse has no public name for it."""


class PrintVersion(argparse.Action):
    """Prints the installed release and ends; no other start looks it up."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"{parser.prog} {version('sampling-kiosk')}")
        parser.exit()


def with_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    with_credentials(parser)


def with_credentials(parser: argparse.ArgumentParser) -> None:
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    parser.add_argument(
        "--credentials",
        type=Path,
        default=Path(given) if given else None,
        metavar="DIR",
        help="where round-key, staff-key and voucher-key are (default: what systemd's LoadCredential= gives)",
    )


def count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65534:
        raise argparse.ArgumentTypeError("must be from 1 to 65534")
    return number


def level(text: str) -> str:
    # Whoever has no such option, as `dark`, must not load the tables for it.
    from kiosk.config.values import LEVEL

    if not LEVEL.fullmatch(text):
        raise argparse.ArgumentTypeError("must be 1 to 40 of a-z, 0-9 and -, as in the kiosks' configuration")
    return text


def table_file(text: str) -> Path:
    """Its ending says what is written."""
    file = Path(text)
    if file.suffix.lower() not in (".csv", ".xlsx") and not file.is_dir():
        raise argparse.ArgumentTypeError("must end with .csv or .xlsx")
    return file


def timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"no timezone {text!r}, write one such as Asia/Shanghai") from error
