"""clashes: who was sampled at two tables of the point."""

import argparse
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_DISAGREES
from kiosk.config import read_config
from kiosk.journal.clashes import Clash, clashes
from kiosk.model.local_time import minute
from kiosk.texts import LANGUAGES, Texts


def add(commands: Commands) -> None:
    listed = commands.add_parser("clashes", help="list who was sampled here and at another table too, masked")
    listed.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    listed.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    listed.add_argument("--json", action="store_true", help="for programs")
    listed.set_defaults(command=_clashes)


def _clashes(options: argparse.Namespace) -> int:
    """Status 1 if there is any: each is for somebody to look into."""
    config, texts = read_config(options.config), Texts(options.language)
    point, zone = config.point, ZoneInfo(config.point.timezone)
    found = read_in(config.state.directory, lambda journal: clashes(journal, point.round))
    told = [as_object(each, zone, point.kiosk) for each in found]
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for each in told:
            print(texts.say("clashes.one", **each))
        print(texts.say("clashes.all", n=len(told)))
    return EXIT_DISAGREES if told else 0


def as_object(clash: Clash, zone: ZoneInfo, own: str) -> dict[str, str]:
    """Masked; `own` is this table's name."""
    (one, other), words = clash.seats, {"name": clash.name or "-", "number": clash.number, "voucher": clash.voucher}
    there = {"other_table": other.kiosk or own, "other_tube": other.tube or "-", "other_time": _time(zone, other.at_ms)}
    return words | {"table": one.kiosk or own, "tube": one.tube or "-", "time": _time(zone, one.at_ms)} | there


def _time(zone: ZoneInfo, at_ms: int | None) -> str:
    return "?" if at_ms is None else minute(zone, at_ms)
