"""Lists of residents on the command line: which, what is in them, and how that is told."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from kiosk.cli.options import positive, timezone
from kiosk.model import Status
from kiosk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from kiosk.office.lists import Intake


class Made(NamedTuple):
    """What was made for a point; `file` is None where nothing was written."""

    point: str
    people: int
    file: str | None


def with_lists(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", type=Path, metavar="FILE", help=".xlsx or .csv")
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook (default: each with a header)")
    parser.add_argument("--start-row", type=positive, metavar="N", help="the header's row (default: it is looked for)")
    compared = "numbers that end with 000 were compared with the originals"
    parser.add_argument("--zeros-compared", action="store_true", help=compared)
    parser.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    parser.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    parser.add_argument("--json", action="store_true", help="for programs")


def taken(options: argparse.Namespace) -> "tuple[Intake, list[str]] | None":
    """What the lists come to, and why some cannot be read; None where a part is not installed."""
    from kiosk.office.lists import Intake, NotAListError, keep_apart, take

    intake, today = Intake(), datetime.now(options.timezone).date()
    unread = []
    for number, file in enumerate(options.file, start=1):
        if sys.stderr.isatty():
            print(f"{number} / {len(options.file)}  {file.name}", file=sys.stderr, flush=True)
        try:
            take(intake, file, today, options.sheet, options.start_row, options.zeros_compared)
        except ModuleNotFoundError:
            print("openpyxl is not installed: pip install 'sampling-kiosk[office]', or save a .csv", file=sys.stderr)
            return None
        except NotAListError as error:
            why = Texts(options.language).say(f"roster.unread.{error.why}", **error.values)
            unread.append(f"{file}: {why}")
        except OSError as error:
            unread.append(f"{file}: {error.strerror}")
    keep_apart(intake)
    return intake, unread


def tell(options: argparse.Namespace, intake: "Intake", unread: list[str], made: Sequence[Made] = ()) -> None:
    """What the lists come to, and which files were made of them."""
    texts = Texts(options.language)
    if options.json:
        said = _as_object(intake, unread) | ({"points": [each._asdict() for each in made]} if made else {})
        print(json.dumps(said, ensure_ascii=False))
    else:
        for line in _in_words(intake, texts):
            print(line)
        for each in made:
            print(texts.say("roster.made", point=each.point, n=each.people, file=each.file or "-"))
    for why in unread:
        print(why, file=sys.stderr)


def _as_object(intake: "Intake", unread: list[str]) -> dict[str, object]:
    from kiosk.office.lists import masked

    return {
        "rows": intake.rows,
        "passed_over": intake.passed_over,
        "expected": len(intake.listed),
        "by_status": _by_status(intake),
        "units": _units(intake),
        "apart": intake.apart,
        "without_flat": _without_flat(intake),
        "households": len(intake.households),
        "doubled": [{"file": each.file, "row": each.row} for each in intake.doubled],
        "failed": [
            {"file": at.file, "row": at.row, "why": failed.why, "who": masked(failed)} for at, failed in intake.failed
        ],
        "sheets_passed": intake.sheets_passed,
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
        yield texts.say("roster.places", units=_units(intake), n=_without_flat(intake))
    if intake.apart:
        yield texts.say("roster.apart", buildings="、".join(intake.apart))
    for name in intake.sheets_passed:
        yield texts.say("roster.sheet-passed", sheet=name)


def _units(intake: "Intake") -> int:
    return len({each.place.stairwell for each in intake.listed.values()})


def _without_flat(intake: "Intake") -> int:
    """Many of them are a sign that addresses were not understood."""
    return sum(not each.place.flat for each in intake.listed.values())


def _by_status(intake: "Intake") -> dict[Status, int]:
    counted = Counter(each.status for each in intake.listed.values())
    return {status: counted[status] for status in Status if counted[status]}
