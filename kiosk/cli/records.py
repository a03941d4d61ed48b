"""members, records, export: who is in a tube, for staff, for the authority, and on a stick."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, astuple
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli import records_collected
from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands, table_file, timezone
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NOT_OPENED, EXIT_UNAVAILABLE, EXIT_UNKNOWN_TUBE, EXIT_UNTOLD
from kiosk.config import Config, ConfigError, Mistake, read_config
from kiosk.journal import not_acknowledged, who_is_in
from kiosk.journal.exporting import not_told, sheets, still_open
from kiosk.journal.members import Seated, Seating
from kiosk.messages import Address
from kiosk.model.local_time import local_time
from kiosk.texts import LANGUAGES, Texts

PASSPHRASE = "KIOSK_PASSPHRASE"  # noqa: S105 - the name of a variable


def add(commands: Commands) -> None:
    members = commands.add_parser("members", help="say who is in a tube: masked, or in full with the authority's key")
    members.add_argument(
        "tube", metavar="TUBE", help="its code, one that it had before, or a voucher of somebody in it"
    )
    members.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    _with_key(members, required=False)
    members.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    members.add_argument("--json", action="store_true", help="for programs")
    members.set_defaults(command=_members)
    records = commands.add_parser("records", help="the authority's keys, and what they open").add_subparsers(
        required=True, metavar="COMMAND"
    )
    key = records.add_parser("key", help="make the authority's two keys")
    key.add_argument("--out", type=Path, required=True, metavar="DIR", help="where they are written")
    key.set_defaults(command=_key)
    opening = records.add_parser("open", help="open records that were exported or collected")
    opening.add_argument("path", nargs="+", type=Path, metavar="PATH", help="files, or folders of .json files")
    _with_key(opening, required=True)
    opening.add_argument(
        "--out", type=table_file, metavar="FILE", help="a .csv or .xlsx file (default: CSV to the output)"
    )
    opening.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    opening.add_argument("--json", action="store_true", help="for programs: an object a line")
    opening.set_defaults(command=_open)
    records_collected.add(records)
    export = commands.add_parser("export", help="write what the centre does not have, for a stick")
    export.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    export.add_argument("--usb", type=Path, nargs="?", const=None, metavar="DIR", help="where (default: the one stick)")
    export.add_argument("--json", action="store_true", help="for programs")
    export.set_defaults(command=_export)


def _with_key(parser: argparse.ArgumentParser, required: bool) -> None:
    told = f"the authority's private key; its passphrase, if it has one, in {PASSPHRASE}"
    parser.add_argument("--key", type=Path, required=required, metavar="FILE", help=told)


def _private_key(file: Path) -> bytes:
    """Raises ConfigError."""
    from kiosk.office.authority_keys import KeyFileError, read_private

    try:
        return read_private(file, os.environ.get(PASSPHRASE, "").encode() or None)
    except KeyFileError as error:
        fix = f"Give --key with the private key that `kiosk records key` made, and its passphrase in {PASSPHRASE}"
        raise ConfigError("key", [Mistake("--key", str(error), fix)]) from error


def _key(options: argparse.Namespace) -> int:
    from kiosk.office.authority_keys import PRIVATE, PUBLIC, KeyFileError, make

    try:
        options.out.mkdir(parents=True, exist_ok=True)
        make(options.out, os.environ.get(PASSPHRASE, "").encode() or None)
    except (KeyFileError, OSError) as error:
        print(f"{error}. Nothing was changed.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    print(f"{options.out / PUBLIC}: copy it to every kiosk, and name it as records.authority_key")
    print(f"{options.out / PRIVATE}: keep it off every kiosk; without it no record is ever opened")
    return 0


def _members(options: argparse.Namespace) -> int:
    config, texts = read_config(options.config), Texts(options.language)
    code = options.tube.strip()
    seating = read_in(config.state.directory, lambda journal: who_is_in(journal, code))
    if seating is None:
        print(texts.say("members.unknown", code=options.tube), file=sys.stderr)
        return EXIT_UNKNOWN_TUBE
    key = None if options.key is None else _private_key(options.key)
    people = [_said(seated, seating, config, key) for seated in seating.people]
    if options.json:
        about = {"tube": seating.tube.code, "round": seating.round, "state": seating.tube.state}
        print(json.dumps(about | {"codes_left": seating.codes_left, "members": people}, ensure_ascii=False))
    else:
        print("\n".join(_in_words(seating, people, texts)))
    return EXIT_NOT_OPENED if any(each.get("fault") for each in people) else 0


def _said(seated: Seated, seating: Seating, config: Config, key: bytes | None) -> dict[str, object]:
    zone = ZoneInfo(config.point.timezone)
    masked = {"place": seated.place, "name": seated.name, "number": seated.number, "voucher": seated.voucher}
    told = masked | {"time": local_time(zone, seated.at), "beside": seated.beside}
    return told if key is None else told | _opened(seated, seating, config, key)


def _opened(seated: Seated, seating: Seating, config: Config, key: bytes) -> dict[str, object]:
    from kiosk.credentials.sealing import NotOpened, opened

    point = config.point
    place = seating.place or Address(point.region, seating.round, point.point, point.kiosk).place
    try:
        return asdict(opened(seated.sealed, key, place))
    except NotOpened as error:
        return {"fault": "not sealed" if not seated.sealed else str(error)}


def _in_words(seating: Seating, people: list[dict[str, object]], texts: Texts) -> Iterator[str]:
    yield texts.say("members.tube", code=seating.tube.code or "-", n=len(people), round=seating.round)
    for each in people:
        beside = "" if each["beside"] is None else texts.say("members.beside", n=each["beside"])
        words = (each["place"], each["name"], each["number"], beside, each["time"], each["voucher"], each.get("fault"))
        yield "  ".join(str(word) for word in words if word not in ("", None))


def _open(options: argparse.Namespace) -> int:
    from kiosk.office.opening import COLUMNS, NotARecord, record_of, rows_of
    from kiosk.office.sheets import write, write_csv

    key = _private_key(options.key)
    strange: list[Path] = []
    records = []
    for file in _files(options.path):
        try:
            records.append(record_of(file.read_bytes()))
        except (OSError, NotARecord):
            strange.append(file)
    rows = list(rows_of(records, key, options.timezone))
    faults = [row for row in rows if row.fault]
    try:
        if options.json:
            print("\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows))
        elif options.out is None:
            write_csv(COLUMNS, map(astuple, rows), sys.stdout)
        if options.out is not None:
            write("records", COLUMNS, map(astuple, rows), options.out)
    except ModuleNotFoundError:
        print("openpyxl is not installed: pip install 'sampling-kiosk[office]', or write a .csv file", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except OSError as error:
        print(f"{options.out}: {error.strerror}. Nothing was lost; name another file.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    for file in strange:
        print(f"{file}: no record of a tube, passed over", file=sys.stderr)
    print(f"{len(rows) - len(faults)} of {len(rows)} people opened", file=sys.stderr)
    return EXIT_NOT_OPENED if faults or strange or not rows else 0


def _files(paths: list[Path]) -> Iterator[Path]:
    """Messages about tubes; of a folder all that look like one, whatever else lies there."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("tubes*.json"))
        else:
            yield path


def _export(options: argparse.Namespace) -> int:
    from kiosk.office.sticks import plugged_in, write

    config = read_config(options.config)
    found = [options.usb] if options.usb is not None else plugged_in()
    if len(found) != 1:
        told = ", ".join(map(str, found)) or "none"
        print(f"Sticks that are plugged in: {told}. Name one: --usb DIR", file=sys.stderr)
        return EXIT_UNAVAILABLE
    if not found[0].is_dir():
        print(f"{found[0]}: there is no such folder. Is the stick mounted there? Nothing was written.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    folder = found[0] / "kiosk-export"
    point = config.point
    address = Address(point.region, point.round, point.point, point.kiosk)
    people = read_in(config.state.directory, lambda journal: sheets(journal, address))
    messages = (*read_in(config.state.directory, not_acknowledged), *people)
    counted = 0

    def done() -> None:
        nonlocal counted
        counted += 1
        if sys.stderr.isatty():
            print(f"\r{counted} / {len(messages)}", end="", file=sys.stderr, flush=True)

    try:
        fresh = write(messages, folder, done)
    except OSError as error:
        words = f"{error.strerror}. {counted} of {len(messages)} are on it whole; run it again with the stick"
        print(f"\n{folder}: {words}", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    with suppress(OSError):
        os.sync()
    left, in_use = read_in(config.state.directory, not_told), read_in(config.state.directory, still_open)
    said = {"folder": str(folder), "messages": len(messages), "new": fresh, "not_told": left, "open": in_use}
    print(json.dumps(said) if options.json else f"{folder}: {len(messages)} messages, {fresh} of them new or changed")
    if in_use:
        print(f"{in_use} in use: who is in a tube comes onto the stick once it is sealed", file=sys.stderr)
    if left:
        words = "tubes are closed and not among them: let the kiosk rest for ten seconds, and run it again"
        print(f"{left} {words}", file=sys.stderr)
    return EXIT_UNTOLD if left else 0
