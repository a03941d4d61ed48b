"""collect: the newest of each topic of a broker, into PostgreSQL."""

import argparse
import json
import signal
import socket
import sys
import time
from collections import Counter
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from kiosk.cli.brokers import broker_of, with_broker
from kiosk.cli.options import Commands, level, positive
from kiosk.cli.statuses import EXIT_CONFIG, EXIT_UNAVAILABLE

if TYPE_CHECKING:
    from kiosk.office.broker_line import BrokerAt
    from kiosk.office.collecting.collector import Told
    from kiosk.office.collecting.database import Database
    from kiosk.office.collecting.source import Source

AMQP, AMQP_BY_TLS = 5672, 5671
MOST_STRANGE = 20
"""Told one by one in each stretch, whoever makes noise."""
LONGEST = 120


def add(commands: Commands) -> None:
    collect = commands.add_parser("collect", help="keep the newest of each topic of a broker in PostgreSQL")
    with_broker(collect)
    told = "libpq's connection string or URL (default: PGHOST and its like); the password is in PGPASSWORD or ~/.pgpass"
    collect.add_argument("--database", default="", metavar="WHERE", help=told)
    by = "mqtt: a shared subscription (mosquitto); amqp: consumers of one quorum queue (RabbitMQ) [--host A,B,C]"
    collect.add_argument("--by", choices=("mqtt", "amqp"), default="mqtt", help=by)
    shared = "who shares the work: the name of the subscription's share, or of the queue (default collect)"
    collect.add_argument("--group", type=level, default="collect", metavar="NAME", help=shared)
    own = "of this collector, another for each and the same after each start (default: the machine's)"
    collect.add_argument("--name", metavar="NAME", default=f"collect-{socket.gethostname()}", help=own)
    collect.add_argument("--create", action="store_true", help="make the table first, and with --by amqp the queue")
    again = "by mqtt: all that stands at the broker is read again so often (default 600)"
    collect.add_argument("--again", type=positive, default=600, metavar="SECONDS", help=again)
    every = "so often it says how far it is (default 60)"
    collect.add_argument("--every", type=positive, default=60, metavar="SECONDS", help=every)
    collect.add_argument("--json", action="store_true", help="for programs: an object a line")
    collect.set_defaults(command=_collect)


def _collect(options: argparse.Namespace) -> int:
    try:
        from kiosk.office.collecting.collector import Collector
        from kiosk.office.collecting.database import Database
        from kiosk.office.collecting.source import SourceError
        from kiosk.office.collecting.store import StoreAwayError

        sources, database = _sources(options), Database(options.database)
    except ImportError as error:
        print(f"{error.name or error} is not installed: pip install 'sampling-kiosk[office]'", file=sys.stderr)
        return EXIT_UNAVAILABLE
    except ValueError as error:
        print(f"--database: {error}. Write one such as 'host=db.example.org dbname=sampling'.", file=sys.stderr)
        return EXIT_CONFIG
    try:
        if options.create:
            _create(database, sources)
        teller, over = _Teller(options.json, options.every), _Over()
        told = Collector(sources, database, teller, time.sleep, lambda: over.is_so).run()
    except (StoreAwayError, SourceError) as error:
        print(f"{error}. Nothing was collected; run it again when that is mended.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    finally:
        database.close()
    teller.sum_up(told)
    return 0


def _sources(options: argparse.Namespace) -> "list[Source]":
    """One for each host."""
    at = [replace(broker_of(options, options.name), host=host) for host in options.host.split(",")]
    if options.by == "mqtt":
        from kiosk.office.collecting.over_mqtt import SharedSubscription

        return [SharedSubscription(each, options.group, options.again) for each in at]
    from kiosk.office.collecting.over_amqp import CompetingConsumer

    return [CompetingConsumer(_amqp(each, options), options.group) for each in at]


def _amqp(at: "BrokerAt", options: argparse.Namespace) -> "BrokerAt":
    return replace(at, port=options.port or (AMQP_BY_TLS if at.ca else AMQP))


def _create(database: "Database", sources: "list[Source]") -> None:
    """Raises StoreAwayError, SourceError."""
    database.create()
    create = getattr(sources[0], "create", None)
    if create is not None:
        create()


class _Over:
    """From the first signal that asks for an end."""

    def __init__(self) -> None:
        self.is_so = False
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._end)

    def _end(self, *_: object) -> None:
        self.is_so = True


class _Teller:
    """Says how far it is, and at once what breaks and what is strange."""

    def __init__(self, is_json: bool, every_s: int) -> None:
        self._is_json, self._every_s = is_json, every_s
        self._said_s = time.monotonic()
        self._said: Told | None = None
        self._away: dict[str, str] = {}
        self._strange: Counter[str] = Counter()

    def turn(self, told: "Told") -> None:
        passed = time.monotonic() - self._said_s
        if passed >= self._every_s:
            self._say_how_far(told, passed)

    def away(self, what: str, why: str) -> None:
        if self._away.get(what) != why:
            self._away[what] = why
            words = f"{what} is away: {why}. It is tried again; nothing is lost meanwhile"
            self._say({"event": f"{what}-away", "why": why}, words)

    def back(self, what: str) -> None:
        if self._away.pop(what, None) is not None:
            self._say({"event": f"{what}-back"}, f"{what} is back")

    def strange(self, topic: str, why: str) -> None:
        self._strange[why] += 1
        if self._strange.total() <= MOST_STRANGE:
            shown = topic[:LONGEST]
            self._say({"event": "strange", "topic": shown, "why": why}, f"left out {shown!r}: {why}")

    def sum_up(self, told: "Told") -> None:
        self._say({"event": "ended", **asdict(told)}, f"ended: {_figures(told)}")

    def _say_how_far(self, told: "Told", passed_s: float) -> None:
        rate = round((told.heard - (self._said.heard if self._said else 0)) / passed_s, 1)
        about: dict[str, Any] = {"event": "collected", **asdict(told), "per_second": rate, "away": sorted(self._away)}
        if self._strange:
            about["strange_since"] = dict(self._strange)
        self._say(about, f"{_figures(told)}; {rate} a second")
        self._said, self._said_s = told, time.monotonic()
        self._strange.clear()

    def _say(self, about: dict[str, Any], words: str) -> None:
        print(json.dumps(about, ensure_ascii=False) if self._is_json else words, flush=True)


def _figures(told: "Told") -> str:
    return f"{told.heard} heard, {told.newer} newer, {told.known} known already, {told.strange} left out"
