"""acts: what staff did at a kiosk, who and when."""

import argparse
import json
from contextlib import suppress
from datetime import datetime, time
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands
from kiosk.config import read_config
from kiosk.journal.acts import acts
from kiosk.model.local_time import local_time
from kiosk.model.staff import role_named
from kiosk.texts import LANGUAGES, Texts


def add(commands: Commands) -> None:
    done = commands.add_parser("acts", help="say what staff did at this kiosk: who, when, what it was about")
    done.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    done.add_argument("--since", type=_since, metavar="TIME", help="such as 9:30 (today) or 2022-05-20T09:30")
    done.add_argument("--all", action="store_true", help="of earlier rounds too")
    done.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    done.add_argument("--json", action="store_true", help="for programs: an object a line")
    done.set_defaults(command=_acts)


def _since(text: str) -> datetime | time:
    """A time of today where there is no date."""
    for read in (datetime.fromisoformat, lambda clock: datetime.strptime(clock, "%H:%M").time()):  # noqa: DTZ007
        with suppress(ValueError):
            return read(text)
    raise argparse.ArgumentTypeError("write such as 9:30 or 2022-05-20T09:30")


def _from_ms(since: datetime | time | None, zone: ZoneInfo) -> float:
    if since is None:
        return -inf
    at = datetime.combine(datetime.now(zone), since) if isinstance(since, time) else since
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() * 1000


def _acts(options: argparse.Namespace) -> int:
    config, texts = read_config(options.config), Texts(options.language)
    zone, round_id = ZoneInfo(config.point.timezone), None if options.all else config.point.round
    from_ms = _from_ms(options.since, zone)
    for act in read_in(config.state.directory, lambda journal: acts(journal, round_id)):
        if act.at.trusted and act.at.wall_ms < from_ms:
            continue
        at = local_time(zone, act.at)
        if options.json:
            who = {"badge": act.badge or None, "role": role_named(act.badge)}
            print(json.dumps({"time": at, **who, "action": act.action, "about": act.about or None}, ensure_ascii=False))
        else:
            print(f"{at}  {act.badge or '-':<5}  {texts.say(f'action.{act.action}')}  {act.about}".rstrip())
    return 0
