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
from kiosk.model.local_time import local_time, moment
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
    zone = ZoneInfo(config.point.timezone)
    found = read_in(config.state.directory, lambda journal: clashes(journal, config.point.round))
    told = [_as_object(each, zone) for each in found]
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        for each in told:
            print(texts.say("clashes.one", **each))
        print(texts.say("clashes.all", n=len(told)))
    return EXIT_DISAGREES if told else 0


def _as_object(clash: Clash, zone: ZoneInfo) -> dict[str, str | None]:
    person, at_ms = clash.sample.person, clash.other_at_ms
    return {
        "name": person.name,
        "number": person.number,
        "voucher": clash.sample.voucher,
        "tube": clash.tube,
        "time": local_time(zone, clash.sample.at),
        "table": clash.kiosk,
        "other_tube": clash.other_tube,
        "other_time": None if at_ms is None else f"{moment(zone, at_ms / 1000):%Y-%m-%d %H:%M}",
    }
