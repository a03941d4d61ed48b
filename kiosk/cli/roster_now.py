"""roster units, roster missing: how far a kiosk's units are, and who has not come."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands, table_file
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NO_ROSTER, EXIT_UNAVAILABLE
from kiosk.config import read_config
from kiosk.journal import UnitsNow, units_now
from kiosk.model import Absent, Standing
from kiosk.texts import LANGUAGES, Texts

COLUMNS = ("unit", "flat", "floor", "name")


def add(roster: Commands) -> None:
    units = roster.add_parser("units", help="say how far each unit is, as this kiosk knows it")
    _with_journal(units)
    units.set_defaults(command=_units)
    missing = roster.add_parser("missing", help="list who has not come, masked, by unit, floor and flat")
    _with_journal(missing)
    missing.add_argument("--unit", metavar="UNIT", help="such as 3号楼1单元 (default: all)")
    missing.add_argument("--visits", action="store_true", help="who is to be visited at home and was not yet")
    missing.add_argument("--out", type=table_file, metavar="FILE", help="a .csv or .xlsx file (default: the output)")
    missing.set_defaults(command=_missing)


def _with_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    parser.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    parser.add_argument("--json", action="store_true", help="for programs")


def _now(options: argparse.Namespace, texts: Texts) -> UnitsNow | None:
    config = read_config(options.config)
    found = read_in(config.state.directory, lambda journal: units_now(journal, config.point.round))
    if found is None:
        print(texts.say("roster.none", round=config.point.round), file=sys.stderr)
    return found


def _units(options: argparse.Namespace) -> int:
    texts = Texts(options.language)
    now = _now(options, texts)
    if now is None:
        return EXIT_NO_ROSTER
    print(json.dumps(_as_object(now), ensure_ascii=False) if options.json else "\n".join(_in_words(now, texts)))
    return 0


def _as_object(now: UnitsNow) -> dict[str, object]:
    units = [
        {"unit": each.unit, "listed": each.listed, **{standing: each.counts.get(standing, 0) for standing in Standing}}
        for each in now.progress
    ]
    whole = {standing: sum(each.counts.get(standing, 0) for each in now.progress) for standing in Standing}
    return {"made": now.head.made_s, "called": now.called, "point": whole, "units": units}


def _in_words(now: UnitsNow, texts: Texts) -> Iterator[str]:
    for each in now.progress:
        mark = ">" if each.unit == now.called else " "
        yield f"{mark} {each.unit}  {_figures(each.counts, texts)}"
    whole = Counter[Standing]()
    for each in now.progress:
        whole.update(each.counts)
    yield f"  {texts.say('paper.all-units')}  {_figures(whole, texts)}"


def _figures(counts: Mapping[Standing, int], texts: Texts) -> str:
    found = (each for each in Standing if counts.get(each))
    return "  ".join(f"{texts.say(f'roster.standing.{standing}')} {counts[standing]}" for standing in found)


def _missing(options: argparse.Namespace) -> int:
    texts = Texts(options.language)
    now = _now(options, texts)
    if now is None:
        return EXIT_NO_ROSTER
    unit = None if options.unit is None else _unit(options.unit, now.head.units)
    if unit is not None and unit not in now.head.units:
        print(texts.say("roster.no-unit", unit=options.unit, units=", ".join(now.head.units)), file=sys.stderr)
        return EXIT_NO_ROSTER
    listed = now.to_visit if options.visits else now.absent
    absent = [each for each in listed if unit in (None, each.unit)]
    if options.json:
        told = [{"unit": each.unit, "flat": each.flat, "floor": each.floor, "name": each.name} for each in absent]
        print(json.dumps(told, ensure_ascii=False))
    if options.out is not None:
        return _written(absent, options.out)
    if not options.json:
        for each in absent:
            print("  ".join(_texts(each)))
        print(texts.say("roster.missing", n=len(absent)), file=sys.stderr)
    return 0


def _unit(text: str, units: Sequence[str]) -> str:
    """As the list names it, however it is written."""
    from kiosk.roster.addresses import split

    return text if text in units else split(text).stairwell


def _texts(each: Absent) -> tuple[str, ...]:
    return each.unit, each.flat, "" if each.floor is None else str(each.floor), each.name


def _written(absent: list[Absent], file: Path) -> int:
    from kiosk.office.sheets import write

    try:
        write("missing", COLUMNS, map(_texts, absent), file)
    except ModuleNotFoundError:
        print("openpyxl is not installed: pip install 'sampling-kiosk[office]', or write a .csv file", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except OSError as error:
        print(f"{file}: {error.strerror}. Nothing was lost; name another file.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    print(f"{file}: {len(absent)}", file=sys.stderr)
    return 0
