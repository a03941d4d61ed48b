"""merge: the people of a kiosk that no network joined, brought by a stick."""

import argparse
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli.clashes import as_object
from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_DISAGREES, EXIT_NOT_READ, EXIT_UNAVAILABLE
from kiosk.config import read_config
from kiosk.journal.clashes import clashes_with, known_here
from kiosk.texts import LANGUAGES, Texts


def add(commands: Commands) -> None:
    merge = commands.add_parser("merge", help="take the people of a home-visit kiosk from a stick; lists every clash")
    merge.add_argument("path", type=Path, metavar="PATH", help="the stick, or a folder, that `kiosk export` wrote")
    merge.add_argument("--config", type=Path, required=True, metavar="FILE", help="this kiosk's TOML file")
    merge.add_argument("--dry-run", action="store_true", help="say what would come of it and change nothing")
    merge.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    merge.add_argument("--json", action="store_true", help="for programs")
    merge.set_defaults(command=_merge)


def _merge(options: argparse.Namespace) -> int:
    """The kiosk takes it by itself within seconds or at its next start; it may be merged as often as one likes."""
    from kiosk.app.addressing import address_of
    from kiosk.app.brought import FOLDER
    from kiosk.office.brought import Passed, brought, brought_before, put, sort

    config, texts = read_config(options.config), Texts(options.language)
    point = config.point
    address, zone = address_of(config), ZoneInfo(point.timezone)
    try:
        found = list(brought(options.path, address))
    except OSError as error:
        print(f"{options.path}: {error.strerror}. Nothing was changed: name the stick's folder.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    if not found:
        print(texts.say("merge.nothing", path=options.path, round=point.round, point=point.point), file=sys.stderr)
        return EXIT_NOT_READ
    folder = config.state.directory / FOLDER
    before = {sheet.name: sheet.seq for sheet in brought_before(folder, address)}
    mark, heard = read_in(config.state.directory, lambda journal: known_here(journal, point.round))
    kept = sort(found, mark, {name: max(before.get(name, -1), heard.get(name, -1)) for name in {*before, *heard}})
    sheets = [sheet for _, sheet in kept.taken]
    clashes = read_in(config.state.directory, lambda journal: clashes_with(journal, point.round, sheets))
    try:
        for each, _ in kept.taken if not options.dry_run else ():
            put(each, folder)
    except OSError as error:
        print(f"{config.state.directory}: {error.strerror}. Run it again with the stick, by sudo.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    told = [as_object(each, zone, point.kiosk) for each in clashes]
    kiosks = sorted({sheet.name.kiosk for sheet in sheets})
    people = sum(each.reason is None for sheet in sheets for each in sheet.people)
    wrong = any(why is not Passed.OLDER for _, why in kept.passed)
    if options.json:
        passed = [{"file": str(file), "why": why} for file, why in kept.passed]
        said = {"kiosks": kiosks, "people": people, "clashes": told, "passed": passed}
        print(json.dumps(said, ensure_ascii=False))
    else:
        for clash in told:
            print(texts.say("clashes.one", **clash))
        print(texts.say("merge.done", kiosks=", ".join(kiosks) or "-", people=people, clashes=len(told)))
        if sheets:
            print(texts.say("merge.dry-run" if options.dry_run else "merge.taken"))
    for file, why in kept.passed:
        print(texts.say(f"merge.{why}", file=file), file=sys.stderr)
    return EXIT_NOT_READ if wrong else EXIT_DISAGREES if told else 0
