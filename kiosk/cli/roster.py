"""roster: an office's lists of residents, read before they are used."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.cli.options import Commands, positive, timezone
from kiosk.cli.statuses import EXIT_NOT_READ, EXIT_UNAVAILABLE
from kiosk.roster import Status
from kiosk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from kiosk.office.lists import Intake


def add(commands: Commands) -> None:
    roster = commands.add_parser("roster", help="who is expected: lists of residents").add_subparsers(
        required=True, metavar="COMMAND"
    )
    read = roster.add_parser("read", help="say what is in lists and name each row that cannot be taken")
    read.add_argument("file", nargs="+", type=Path, metavar="FILE", help=".xlsx or .csv")
    read.add_argument("--sheet", metavar="NAME", help="of a workbook (default: the first with a header)")
    read.add_argument("--start-row", type=positive, metavar="N", help="the header's row (default: it is looked for)")
    read.add_argument(
        "--zeros-compared", action="store_true", help="numbers that end with 000 were compared with the originals"
    )
    read.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    read.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    read.add_argument("--json", action="store_true", help="for programs")
    read.set_defaults(command=_read)


def _read(options: argparse.Namespace) -> int:
    from kiosk.office.lists import Intake, NotAListError, take

    texts, intake, today = Texts(options.language), Intake(), datetime.now(options.timezone).date()
    unread = []
    for number, file in enumerate(options.file, start=1):
        if sys.stderr.isatty():
            print(f"{number} / {len(options.file)}  {file.name}", file=sys.stderr, flush=True)
        try:
            take(intake, file, today, options.sheet, options.start_row, options.zeros_compared)
        except ModuleNotFoundError:
            print("openpyxl is not installed: pip install 'sampling-kiosk[office]', or save a .csv", file=sys.stderr)
            return EXIT_UNAVAILABLE
        except NotAListError as error:
            unread.append(f"{file}: {error}")
        except OSError as error:
            unread.append(f"{file}: {error.strerror}")
    print(
        json.dumps(_as_object(intake, unread), ensure_ascii=False)
        if options.json
        else "\n".join(_in_words(intake, texts))
    )
    for each in unread:
        print(each, file=sys.stderr)
    return 0 if intake.good and not unread else EXIT_NOT_READ


def _as_object(intake: "Intake", unread: list[str]) -> dict[str, object]:
    from kiosk.office.lists import masked

    return {
        "rows": intake.rows,
        "passed_over": intake.passed_over,
        "expected": len(intake.listed),
        "by_status": _by_status(intake),
        "units": len({each.place.stairwell for each in intake.listed.values()}),
        "households": len(intake.households),
        "doubled": [{"file": each.file, "row": each.row} for each in intake.doubled],
        "failed": [
            {"file": at.file, "row": at.row, "why": failed.why, "who": masked(failed)} for at, failed in intake.failed
        ],
        "unread": unread,
    }


def _in_words(intake: "Intake", texts: Texts) -> Iterator[str]:
    from kiosk.office.lists import masked

    for at, failed in intake.failed:
        why = texts.say(f"roster.fault.{failed.why}")
        yield "  ".join(filter(None, (f"{at.file}:{at.row}", why, masked(failed))))
    for each in intake.doubled:
        yield f"{each.file}:{each.row}  {texts.say('roster.doubled')}"
    taken = ", ".join(f"{texts.say(f'roster.status.{status}')} {n}" for status, n in _by_status(intake).items())
    counts = {"rows": intake.rows, "expected": len(intake.listed), "doubled": len(intake.doubled)}
    yield texts.say("roster.read", **counts, failed=len(intake.failed), households=len(intake.households))
    if taken:
        yield taken


def _by_status(intake: "Intake") -> dict[Status, int]:
    counted = Counter(each.status for each in intake.listed.values())
    return {status: counted[status] for status in Status if counted[status]}
