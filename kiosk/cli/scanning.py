"""devices, scan: what is plugged in, and what it reads."""

import argparse
import getpass
import importlib.util
import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from kiosk.cli.options import Commands, with_credentials
from kiosk.cli.statuses import EXIT_NOT_READ
from kiosk.config import read_config


def add(commands: Commands) -> None:
    devices = commands.add_parser("devices", help="list what is plugged in, and the configuration that would use it")
    devices.add_argument("--json", action="store_true", help="for programs")
    devices.set_defaults(command=_devices)
    scan = commands.add_parser("scan", help="show live what each scanner reads and what it means, masked")
    source = scan.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file: its scanners, live")
    source.add_argument(
        "--image", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help="pictures; folders in their files' order"
    )
    scan.add_argument("--raw", action="store_true", help="show whole payloads of pictures, identities too")
    with_credentials(scan)
    scan.set_defaults(command=_scan)


def _devices(options: argparse.Namespace) -> int:
    from kiosk.app import plugged_in
    from kiosk.doctor.plugged_in import as_json, described

    tell = as_json if options.json else described
    print(tell(plugged_in(), getpass.getuser(), importlib.util.find_spec("picamera2") is not None))
    return 0


def _scan(options: argparse.Namespace) -> int:
    return _scan_live(options) if options.image is None else _scan_pictures(options)


def _scan_live(options: argparse.Namespace) -> int:
    from kiosk.app import watch_scans

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    for line in watch_scans(read_config(options.config), options.credentials, stopping):
        print(line, flush=True)
    return 0


def _scan_pictures(options: argparse.Namespace) -> int:
    from kiosk.app import picture_reader
    from kiosk.doctor.pictures import described, pictures

    failed = False
    with picture_reader() as read:
        for file in pictures(options.image):
            told = described(file, read, options.raw, time.perf_counter_ns)
            failed = failed or "error" in told
            print(_json_line(told), flush=True)
    return EXIT_NOT_READ if failed else 0


def _json_line(told: dict[str, Any]) -> str:
    """As people read it, or in escapes where the terminal has no such characters."""
    line = json.dumps(told, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return json.dumps(told)
    return line
