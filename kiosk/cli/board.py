"""board: the district's live board, as a page, in the terminal, or once as a table."""

import argparse
import csv
import json
import os
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.cli.brokers import broker_of, with_broker
from kiosk.cli.options import Commands, level, timezone
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NOTHING_HEARD, EXIT_UNAVAILABLE
from kiosk.config import ConfigError, Mistake
from kiosk.log import start_logging
from kiosk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from kiosk.office.board.figures import Board
    from kiosk.office.board.points import Point
    from kiosk.office.board.store import Store
    from kiosk.office.board.watch import Watch

MOST_STRANGE = 20
BOARD_PASSWORD = "KIOSK_BOARD_PASSWORD"  # noqa: S105 - the name of a variable


def add(commands: Commands) -> None:
    board = commands.add_parser(
        "board", help="show a district: people, points, what is wrong where, and how old that is"
    )
    with_broker(board)
    board.add_argument("--region", type=level, metavar="NAME", help="(default: all at this broker)")
    board.add_argument("--round", type=level, metavar="NAME", help="(default: the one that was spoken of last)")
    board.add_argument("--points", type=Path, metavar="FILE", help="CSV of the points: point, name, expected, tables")
    board.add_argument("--store", type=Path, metavar="FILE", help="where what was heard is kept, for the next start")
    board.add_argument("--once", action="store_true", help="say what stands at the broker now, and end")
    board.add_argument("--json", action="store_true", help="with --once: for programs")
    board.add_argument("--csv", metavar="FILE", help="with --once: a table of all points; - is the output")
    board.add_argument("--at", type=_moment, metavar="TIME", help="with --once and --store: how many had come by then")
    board.add_argument("--terminal", action="store_true", help="in the terminal instead of as a page")
    board.add_argument("--listen", default="127.0.0.1:8490", metavar="HOST:PORT", help="default %(default)s")
    board.add_argument("--tls-certificate", type=Path, metavar="FILE", help="of the page")
    board.add_argument("--tls-key", type=Path, metavar="FILE", help="of the page's certificate")
    board.add_argument("--readers-ca", type=Path, metavar="FILE", help="only who has its certificate may read")
    told = "names, one a line, that may not (default: the file `withdrawn` beside it); read anew when it changes"
    board.add_argument("--readers-withdrawn", type=Path, metavar="FILE", help=told)
    board.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    board.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    board.set_defaults(command=_board)


def _board(options: argparse.Namespace) -> int:
    from kiosk.office.board.store import Store, StoreError
    from kiosk.office.broker_line import LineError

    points = _points(options.points)
    try:
        if options.at is not None:
            _judge_at(options)
            with Store(options.store, reading=True) as store:
                return _at(options, store, points)
        with Store(options.store) as store:
            watch = _watch(options, store, points)
            if watch is None:
                print(f"broker {options.host}: no kiosk has said anything there. Is it the right one?", file=sys.stderr)
                return EXIT_NOTHING_HEARD
            if options.once:
                return _once(options, watch)
            if options.terminal:
                return _in_the_terminal(options, watch)
            return _as_a_page(options, watch, store)
    except LineError as error:
        print(f"{error}. Nothing was changed anywhere.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except StoreError as error:
        print(error, file=sys.stderr)
        return EXIT_CANNOT_CREATE


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time: write such as 2022-04-15T12:00") from None


def _points(file: Path | None) -> "dict[str, Point]":
    """Raises ConfigError."""
    from kiosk.office.board.points import PointsError, read_points

    if file is None:
        return {}
    try:
        return read_points(file.read_bytes())
    except (OSError, PointsError) as error:
        why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise ConfigError(
            str(file), [Mistake("--points", why, "Give a CSV file: point,name,expected,tables")]
        ) from error


def _watch(options: argparse.Namespace, store: "Store", points: "dict[str, Point]") -> "Watch | None":
    """None where no round is named and none was ever spoken of. Where nobody answers, the store's own round is shown.
    Raises LineError."""
    from kiosk.office.board.rounds import last_kept, latest
    from kiosk.office.board.watch import Watch
    from kiosk.office.broker_line import LineError

    at = broker_of(options, f"board-{os.getpid()}")
    try:
        round_id = options.round or latest(at, options.region or "+")
    except LineError:
        round_id = last_kept(store.words())
        if round_id is None or options.once:
            raise
    if round_id is None:
        return None
    return Watch(at, options.region or "+", round_id, points, store, time.time)


def _judge_at(options: argparse.Namespace) -> None:
    """Raises ConfigError."""
    if options.store is None or options.round is None:
        fix = "Give --store with the file that a board kept, and --round"
        raise ConfigError("--at", [Mistake("--at", "only a board's store knows what was then", fix)])


def _once(options: argparse.Namespace, watch: "Watch") -> int:
    """What was heard is said though it cannot be kept. Raises LineError."""
    from kiosk.office.board.store import StoreError

    kept = 0
    try:
        watch.once()
    except StoreError as error:
        print(error, file=sys.stderr)
        kept = EXIT_CANNOT_CREATE
    return _say(options, watch) or kept


def _at(options: argparse.Namespace, store: "Store", points: "dict[str, Point]") -> int:
    moment = options.at if options.at.tzinfo is not None else options.at.replace(tzinfo=options.timezone)
    found = store.until(options.round, moment.timestamp())
    rows = [(point, points[point].name if point in points else "", n) for point, n in sorted(found.items())]
    if options.json:
        told = {"at": moment.isoformat(), "round": options.round, "people": sum(found.values()), "points": found}
        print(json.dumps(told, ensure_ascii=False))
    else:
        writer = csv.writer(sys.stdout)
        writer.writerow(("point", "name", "people"))
        writer.writerows(rows)
    return 0


def _say(options: argparse.Namespace, watch: "Watch") -> int:
    from kiosk.office.board.lines import lines, visible

    board = watch.board()
    for strange in watch.strange[:MOST_STRANGE]:
        print(f"not understood, passed over: {visible(strange)}", file=sys.stderr)
    if len(watch.strange) > MOST_STRANGE:
        print(f"and {len(watch.strange) - MOST_STRANGE} more that were not understood", file=sys.stderr)
    if options.csv is not None and not _write_table(options, board):
        return EXIT_CANNOT_CREATE
    if options.json:
        print(json.dumps(asdict(board), ensure_ascii=False))
    elif options.csv is None:
        print("\n".join(lines(board, Texts(options.language), options.timezone)))
    return 0


def _write_table(options: argparse.Namespace, board: "Board") -> bool:
    from kiosk.office.board.rows import write

    if options.csv == "-":
        write(board.tiles, sys.stdout, options.timezone)
        return True
    try:
        with Path(options.csv).open("w", encoding="utf-8-sig", newline="") as file:
            write(board.tiles, file, options.timezone)
    except OSError as error:
        print(f"{options.csv}: {error.strerror}. Name another file.", file=sys.stderr)
        return False
    return True


def _in_the_terminal(options: argparse.Namespace, watch: "Watch") -> int:
    try:
        from kiosk.office.board.terminal import show
    except ModuleNotFoundError:
        print("rich is not installed: pip install 'sampling-kiosk[office]', or leave --terminal out", file=sys.stderr)
        return EXIT_UNAVAILABLE
    show(watch, Texts(options.language), options.timezone)
    return 0


def _as_a_page(options: argparse.Namespace, watch: "Watch", store: "Store") -> int:
    from kiosk.office.board.access import Access, ServeError
    from kiosk.office.board.web import serve

    start_logging()
    access = Access(
        options.listen,
        os.environ.get(BOARD_PASSWORD) or None,
        options.tls_certificate,
        options.tls_key,
        options.readers_ca,
        options.readers_withdrawn,
    )
    try:
        serve(access, watch, store, options.language, options.timezone)
    except ServeError as error:
        raise ConfigError("board", [Mistake("--listen", error.why, error.fix)]) from error
    return 0
