"""simulate: a district without devices, what befalls it, and whether every number adds up."""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands, positive
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_DISAGREES, EXIT_FAULT, EXIT_UNAVAILABLE

if TYPE_CHECKING:
    from kiosk.app.simulation.plans import Faults
    from kiosk.virtual.broker import MosquittoBroker

BROKER = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 10
max_queued_messages 1000000
max_inflight_messages 20
message_size_limit 131072
"""
BRIDGES = """connection state
address 127.0.0.1:{city}
remote_clientid county/sim/state
cleansession true
notifications false
restart_timeout 1 1
{state}
connection records
address 127.0.0.1:{city}
remote_clientid county/sim/records
cleansession false
notifications false
restart_timeout 1 1
{records}
"""
"""As firmware_config/broker/city has them, without TLS."""


def add(commands: Commands) -> None:
    simulate = commands.add_parser("simulate", help="a district without devices, its faults, and whether all adds up")
    simulate.add_argument("--points", type=positive, default=352, metavar="N", help="default %(default)s")
    simulate.add_argument("--people", type=positive, default=100, metavar="N", help="at each (default %(default)s)")
    simulate.add_argument("--hours", type=_hours, default=35, metavar="H", help="default %(default)s")
    simulate.add_argument(
        "--speed", type=_speed, default=600, metavar="N", help="so much faster; 0: as fast as it goes"
    )
    told = "none, or such as outages=0.2,reboots=50,lost=10,clocks=20,restarts=2,kills=1,bridges=1 (default)"
    simulate.add_argument("--faults", type=_faults, metavar="LIST", help=told)
    simulate.add_argument("--seed", type=int, default=1, metavar="N", help="of all chance (default %(default)s)")
    simulate.add_argument("--folder", type=Path, metavar="DIR", help="where journals lie (default: one that goes away)")
    simulate.add_argument("--chart", type=Path, metavar="FILE", help="an SVG: who was in a tube, who on the board")
    simulate.add_argument("--json", action="store_true", help="for programs")
    simulate.set_defaults(command=_simulate)


def bridged(city: int) -> str:
    """What a broker says of its bridges to the city."""
    from kiosk.office.brokers.rights import RECORDS, STATE

    state, records = (
        "\n".join(f"topic sampling/v1/+/+/+/+/{leaf} out {qos}" for leaf in leaves)
        for leaves, qos in ((STATE, 0), (RECORDS, 1))
    )
    return BRIDGES.format(city=city, state=state, records=records)


def _broker(folder: Path, bridges: str) -> "MosquittoBroker":
    from kiosk.virtual.broker import MosquittoBroker

    folder.mkdir(parents=True, exist_ok=True)
    return MosquittoBroker(folder, given=lambda port: BROKER.format(port=port, folder=folder) + bridges)


def _city(folder: Path) -> "MosquittoBroker":
    return _broker(folder / "city", "")


def _faults(text: str) -> "Faults":
    from kiosk.app.simulation.plans import Faults

    try:
        return Faults.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _hours(text: str) -> float:
    hours = _number(text)
    if not 0.1 <= hours <= 1000:
        raise argparse.ArgumentTypeError("must be from 0.1 to 1000")
    return hours


def _speed(text: str) -> float:
    speed = _number(text)
    if not 0 <= speed <= 1e6:
        raise argparse.ArgumentTypeError("must be from 0, as fast as it goes, to 1000000")
    return speed


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _no_place(options: argparse.Namespace) -> str | None:
    """Before anything is played: where what comes of it cannot be written, and why."""
    try:
        if options.folder is not None:
            options.folder.mkdir(parents=True, exist_ok=True)
        if options.chart is not None:
            options.chart.touch()
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return None


def _simulate(options: argparse.Namespace) -> int:
    from kiosk.app.simulation.crowd import ProcessEnded
    from kiosk.app.simulation.plans import District, Faults
    from kiosk.cli.simulated import Brokers, Show, chart, run
    from kiosk.virtual.broker import find_mosquitto
    from kiosk.virtual.link import Link

    if find_mosquitto() is None:
        print("mosquitto is not installed: apt-get install mosquitto", file=sys.stderr)
        return EXIT_UNAVAILABLE
    nowhere = _no_place(options)
    if nowhere is not None:
        print(f"{nowhere}. Nothing was played: name another place.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    seconds = options.hours * 3600
    # Its evening is now: whoever reads it has a clock, too.
    district = District(options.points, options.people, seconds, begins_s=time.time() - seconds)
    show = Show(district, options.faults or Faults(), options.seed, options.speed)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-simulation-")))
        above = stack.enter_context(_city(folder)) if show.faults.bridges else None
        link = None if above is None else stack.enter_context(Link(above.port))
        broker = stack.enter_context(_broker(folder / "broker", "" if link is None else bridged(link.port)))
        try:
            outcome = run(show, folder, Brokers(broker, above or broker, link))
        except ProcessEnded as error:
            where = "give --folder to keep" if options.folder is None else f"{folder / 'points'} has"
            print(f"{error}: {where} the journals of its tables", file=sys.stderr)
            return EXIT_FAULT
    told = outcome.told()
    if options.chart is not None:
        options.chart.write_text(chart(outcome.curve), encoding="utf-8")
    print(json.dumps(told) if options.json else "\n".join(f"{name}: {value}" for name, value in told.items()))
    return 0 if outcome.holds else EXIT_DISAGREES
