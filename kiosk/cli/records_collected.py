"""records collect: the authority's shelf, filled from a broker or a stick."""

import argparse
import json
import random
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.brokers import broker_of, with_broker
from kiosk.cli.options import Commands, level
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_UNAVAILABLE, EXIT_UNTOLD

if TYPE_CHECKING:
    from kiosk.office.records.collecting import Collecting

PATIENCE_S = 60.0
"""`--once`: so long what is missing is waited for."""
REPORT_S = 60.0


def add(commands: Commands) -> None:
    collect = commands.add_parser("collect", help="keep what tables tell of their tubes, and ask for what is missing")
    collect.add_argument("--into", type=Path, required=True, metavar="DIR", help="where records are kept, encrypted")
    collect.add_argument("--stick", type=Path, metavar="DIR", help="take what `kiosk export` wrote there, and end")
    with_broker(collect, required=False)
    collect.add_argument("--region", type=level, metavar="NAME", help="(default: all at this broker)")
    collect.add_argument("--round", type=level, metavar="NAME", help="(default: all at this broker)")
    collect.add_argument("--name", default="records", metavar="NAME", help="of the session that the broker keeps")
    collect.add_argument("--once", action="store_true", help="end when all is here, or nothing more comes for a minute")
    collect.add_argument("--json", action="store_true", help="for programs")
    collect.set_defaults(command=_collect)


def _collect(options: argparse.Namespace) -> int:
    from kiosk.office.records.collecting import Collecting
    from kiosk.office.records.shelf import Shelf

    if (options.stick is None) == (options.host is None):
        print("Name either a broker (--host) or a stick (--stick).", file=sys.stderr)
        return EXIT_UNAVAILABLE
    try:
        shelf = Shelf(options.into)
        for strange in shelf.strange:
            print(f"{strange}: no record of a tube, passed over", file=sys.stderr)
        collecting = Collecting(shelf, time.time)
        if options.stick is not None:
            if not options.stick.is_dir():
                print(f"{options.stick}: there is no such folder. Nothing was taken.", file=sys.stderr)
                return EXIT_UNAVAILABLE
            collecting.take_stick(options.stick)
            return _say(options, collecting)
        return _from_broker(options, collecting)
    except OSError as error:
        words = "What is on the disk is whole, and the broker keeps the rest: make room, and run it again"
        print(f"{error.filename or options.into}: {error.strerror}. {words}.", file=sys.stderr)
        return EXIT_CANNOT_CREATE


def _from_broker(options: argparse.Namespace, collecting: "Collecting") -> int:
    from kiosk.engine.back_off import broker
    from kiosk.office.broker_line import LineError
    from kiosk.office.records.collecting import Line

    line = Line(broker_of(options, options.name), options.region or "+", options.round or "+")
    stopping = _stopping()
    back_off, reported_s = broker(10), time.monotonic()
    while not stopping.is_set():
        opened_s = None
        try:
            line.open()
            opened_s = news_s = time.monotonic()
            while not stopping.is_set():
                now_s = time.monotonic()
                if line.turn(collecting):
                    news_s = now_s
                if options.once and line.is_whole and (_is_complete(collecting) or now_s - news_s > PATIENCE_S):
                    line.close()
                    return _say(options, collecting)
                if now_s - reported_s > REPORT_S:
                    reported_s = now_s
                    _say(options, collecting)
        except LineError as error:
            print(f"{error}. What is kept stays so.", file=sys.stderr)
            if options.once:
                return EXIT_UNAVAILABLE
            back_off = back_off.failed(0 if opened_s is None else time.monotonic() - opened_s)
            stopping.wait(back_off.pause_s(random.random()))  # noqa: S311 - it spreads, it hides nothing
    line.close()
    return _say(options, collecting)


def _stopping() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def _is_complete(collecting: "Collecting") -> bool:
    return not collecting.standing().missing


def _say(options: argparse.Namespace, collecting: "Collecting") -> int:
    found = collecting.standing()
    if options.json:
        print(json.dumps(asdict(found)), flush=True)
    else:
        print(f"{found.records} records in {options.into}, {found.fresh} of them new or changed", flush=True)
        for place, n in found.missing.items():
            print(f"{n} are missing of {place}: they were asked for", file=sys.stderr)
        if found.strange:
            print(f"{found.strange} messages or files were no records, passed over", file=sys.stderr)
    return EXIT_UNTOLD if found.missing else 0
