"""roster key, roster make: the keyed and signed file of each point, out of an office's lists."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands, level
from kiosk.cli.roster_lists import Made, taken, tell, with_lists
from kiosk.cli.signing import add_key
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NOT_READ, EXIT_UNAVAILABLE
from kiosk.config import ConfigError, Mistake
from kiosk.texts import Texts

if TYPE_CHECKING:
    from kiosk.office.parts import Where
    from kiosk.vouchers.envelope import SigningKey


def add(roster: Commands) -> None:
    add_key(roster, "roster", "roster", "tell kiosks whom to expect")
    make = roster.add_parser("make", help="make the keyed file of each point out of lists")
    with_lists(make)
    where = make.add_mutually_exclusive_group(required=True)
    where.add_argument("--point", type=level, metavar="POINT", help="where everybody of these lists goes")
    where.add_argument("--points", type=Path, metavar="FILE", help=".csv, a line for a unit or building: unit,point")
    make.add_argument("--round", type=level, required=True, metavar="ROUND", help="that they are expected in")
    make.add_argument("--round-key", type=Path, required=True, metavar="FILE", help="the round's, as kiosks have it")
    make.add_argument("--key", type=Path, required=True, metavar="FILE", help="what `kiosk roster key` wrote")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the files are written")
    make.add_argument("--dry-run", action="store_true", help="say what would be made and write nothing")
    make.set_defaults(command=_make)


def _make(options: argparse.Namespace) -> int:
    """All or nothing: with one row that cannot be taken, or one unit without a point, no file is written."""
    from kiosk.office.parts import UnmappedError, by_point, write_parts
    from kiosk.roster import NotARoster

    round_key, signer = _keys(options)
    where = _where(options)
    found = taken(options)
    if found is None:
        return EXIT_UNAVAILABLE
    intake, unread = found
    if unread or not intake.good:
        tell(options, intake, unread)
        what = "leave these files out" if intake.good else "mend these rows, or take them out of the lists"
        print(f"Nothing was written: {what}.", file=sys.stderr)
        return EXIT_NOT_READ
    if not intake.listed:
        tell(options, intake, unread)
        print("Nobody is in these lists. Nothing was written.", file=sys.stderr)
        return EXIT_NOT_READ
    try:
        parts = by_point(intake.listed.values(), where)
        made_s = int(datetime.now(options.timezone).timestamp())
        files = {} if options.dry_run else write_parts(parts, options.round, round_key, signer, made_s, options.out)
    except NotARoster:
        why = "No kiosk would take it: a unit or flat is longer than 120 characters, or a point has too many people"
        tell(options, intake, unread)
        print(f"{why}. Nothing was written.", file=sys.stderr)
        return EXIT_NOT_READ
    except UnmappedError as error:
        tell(options, intake, unread)
        print(f"{options.points} {error}. Nothing was written.", file=sys.stderr)
        return EXIT_NOT_READ
    except OSError as error:
        tell(options, intake, unread)
        left = "Each .roster there is whole, new or as it was; run it again when that is mended, or name another folder"
        print(f"{options.out}: {error.strerror}. {left}.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    made = [Made(point, len(who), str(files[point]) if files else None) for point, who in parts.items()]
    tell(options, intake, unread, made)
    return 0


def _keys(options: argparse.Namespace) -> "tuple[bytes, SigningKey]":
    """The round's, and the district's own. Raises ConfigError."""
    from kiosk.office.authority_keys import KeyFileError
    from kiosk.office.signing_keys import read

    try:
        round_key = options.round_key.read_bytes().strip()
        if len(round_key) < 16:
            raise KeyFileError(f"{options.round_key} is shorter than 16 bytes")
        if round_key == options.key.read_bytes().strip():
            raise KeyFileError(f"{options.round_key} and {options.key} are the same key")
        return round_key, read(options.key)
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
    except KeyFileError as error:
        why = str(error)
    fix = "Give --round-key with the kiosks' round-key, and --key with what `kiosk roster key` wrote"
    raise ConfigError("roster make", [Mistake("--round-key, --key", why, fix)])


def _where(options: argparse.Namespace) -> "Where":
    """Raises ConfigError."""
    from kiosk.office.lists import NotAListError
    from kiosk.office.parts import read_points

    if options.point is not None:
        return lambda _: str(options.point)
    try:
        return read_points(options.points)
    except OSError as error:
        why = str(error.strerror)
    except NotAListError as error:
        why = Texts("en").say(f"roster.unread.{error.why}", **error.values)
    except ValueError as error:
        why = str(error)
    fix = "Write a line for each unit or building, such as 3号楼1单元,wy-0352"
    raise ConfigError("roster make", [Mistake("--points", f"{options.points}: {why}", fix)])
