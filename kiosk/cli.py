"""The command `kiosk`: run, check, staff-codes, asyncapi, demo."""

import argparse
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kiosk.config import ConfigError, read_config
from kiosk.credentials import staff_codes
from kiosk.journal import JournalError
from kiosk.log import say, say_fault, start_logging

EXIT_CONFIG = 78
"""EX_CONFIG: the service manager does not start the kiosk again until a human has mended the file."""
EXIT_JOURNAL = 74
"""EX_IOERR: the kiosk must not serve without its journal."""
EXIT_UNAVAILABLE = 69
"""EX_UNAVAILABLE: a part that is not installed."""
EXIT_CANNOT_CREATE = 73
"""EX_CANTCREAT: the demo's results have no place."""
EXIT_FAULT = 70
"""EX_SOFTWARE: a fault of ours; the service manager starts the kiosk again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.command(options)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return EXIT_CONFIG
    except JournalError as error:
        say("journal-error", why=str(error))
        print(f"{error}\nNothing that was accepted is lost; the kiosk has stopped serving.", file=sys.stderr)
        return EXIT_JOURNAL
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        say_fault(error)
        print("A fault of the kiosk itself; the log says where. Nothing that was accepted is lost.", file=sys.stderr)
        return EXIT_FAULT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description="The kiosk of a sampling point.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="serve at the table; what systemd starts")
    _with_config(run)
    run.set_defaults(command=_run)
    check = commands.add_parser("check", help="check a configuration without starting")
    _with_config(check)
    check.set_defaults(command=_check)
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    _with_credentials(codes)
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.set_defaults(command=_staff_codes)
    contract = commands.add_parser("asyncapi", help="print the contract of the messages as an AsyncAPI document")
    contract.set_defaults(command=_asyncapi)
    demo = commands.add_parser("demo", help="a kiosk over virtual devices, with residents and a broker")
    _with_demo_options(demo)
    demo.set_defaults(command=_demo)
    return parser


def _with_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    _with_credentials(parser)


def _with_credentials(parser: argparse.ArgumentParser) -> None:
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    parser.add_argument(
        "--credentials",
        type=Path,
        default=Path(given) if given else None,
        metavar="DIR",
        help="where round-key and staff-key are (default: what systemd's LoadCredential= gives)",
    )


def _with_demo_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--residents", type=_count, metavar="N", help="serve N residents as fast as the devices allow")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tells the same story")
    parser.add_argument("--out", type=Path, metavar="DIR", help="leave paper/*.png, counts.jsonl, summary.json here")
    parser.add_argument("--baud", type=_positive, default=115200, help="of the printer's line (default 115200)")
    parser.add_argument("--speed", type=_positive, default=150, metavar="MM_S", help="paper speed (default 150 mm/s)")
    parser.add_argument("--paper", type=int, choices=(58, 80), default=58, help="width in mm (default 58)")
    parser.add_argument("--pool", type=int, choices=(1, 5, 10, 20), default=10, help="persons a tube (default 10)")
    parser.add_argument("--tcp", action="store_true", help="the printer hangs on the network, not on a serial line")
    parser.add_argument("--write-config", type=Path, metavar="FILE", help="only write the demo's configuration")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number


def _keep_printer_database(folder: Path) -> None:
    """python-escpos unpickles its database from here at import: a folder that only this user can write."""
    os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = str(folder)
    for file in folder.glob("*.capabilities.pickle"):
        try:
            pickle.loads(file.read_bytes())  # noqa: S301 - the library would do it next
        except Exception:
            file.unlink(missing_ok=True)


def _run(options: argparse.Namespace) -> int:
    start_logging()
    config = read_config(options.config)
    _keep_printer_database(config.state.directory)
    from kiosk.app import Clock, Kiosk

    Kiosk(config, options.credentials, Clock(config.point.clock == "trusted")).run()
    return 0


def _check(options: argparse.Namespace) -> int:
    config = read_config(options.config)
    from kiosk.app import check

    with tempfile.TemporaryDirectory(prefix="kiosk-check-") as folder:
        _keep_printer_database(Path(folder))
        check(config, options.credentials)
    print(f"{options.config}: good")
    return 0


def _staff_codes(options: argparse.Namespace) -> int:
    from kiosk.app import read_key

    for text, action in staff_codes(read_key(options.credentials, "staff-key")).items():
        if options.out is None:
            print(f"{action:<10} {text}")
        else:
            _draw_code(options.out, action, text)
    return 0


def _asyncapi(_: argparse.Namespace) -> int:
    from kiosk.asyncapi import document

    print(json.dumps(document(), indent=2, ensure_ascii=False))
    return 0


def _draw_code(folder: Path, action: str, text: str) -> None:
    import qrcode

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    picture = folder / f"{action}.png"
    qrcode.make(text).save(picture)
    picture.chmod(0o600)
    print(picture)


def _demo(options: argparse.Namespace) -> int:
    try:
        from kiosk.virtual.demo import DemoError, DemoSettings, run_demo, write_config
    except ModuleNotFoundError as error:
        print(f"The demo needs {error.name}: pip install 'sampling-kiosk[demo]'", file=sys.stderr)
        return EXIT_UNAVAILABLE
    settings = DemoSettings(
        residents=options.residents,
        seed=options.seed,
        out=options.out,
        baud=options.baud,
        speed_mm_s=options.speed,
        paper_mm=options.paper,
        pool_size=options.pool,
        tcp=options.tcp,
    )
    try:
        if options.write_config is None:
            return run_demo(settings)
        write_config(settings, options.write_config)
    except (DemoError, OSError) as error:
        print(f"The demo cannot run: {error}", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    return 0
