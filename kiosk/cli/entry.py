"""The command `kiosk`: run, check, doctor, devices, scan, staff-codes, public-key, verify, asyncapi, demo."""

import argparse
import getpass
import importlib.util
import json
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.config import ConfigError, Mistake, PrinterTable, read_config
from kiosk.credentials import staff_codes
from kiosk.doctor import Finding, chosen_printer, table_of_line, table_text
from kiosk.interview import Interview
from kiosk.journal import JournalError
from kiosk.log import say, say_fault, start_logging
from kiosk.ports import DeviceBusy, DeviceError, DeviceSilent
from kiosk.texts import LANGUAGES, Texts
from kiosk.verifying import AgeLimit, KeyFileError, in_words, judge, read_keys

EXIT_CONFIG = 78
"""EX_CONFIG: the service manager does not start the kiosk again until a human has mended the file."""
EXIT_JOURNAL = 74
"""EX_IOERR: the kiosk must not serve without its journal."""
EXIT_UNAVAILABLE = 69
"""EX_UNAVAILABLE: a part that is not installed, a device that is not there."""
EXIT_CANNOT_CREATE = 73
"""EX_CANTCREAT: the demo's results or a profile have no place."""
EXIT_BUSY = 75
"""EX_TEMPFAIL: the kiosk itself has the device."""
EXIT_UNFINISHED = 1
"""The printer is unfit, or not all questions were answered: nothing was written."""
EXIT_FAULT = 70
"""EX_SOFTWARE: a fault of ours; the service manager starts the kiosk again."""
EXIT_NOT_GENUINE = 1
KEYS_FILE = Path("/etc/kiosk/voucher-keys")


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
    except BrokenPipeError:
        # Whoever read has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        start_logging()
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
    doctor = commands.add_parser("doctor", help="get to know a new printer and write its part of the configuration")
    _with_doctor_options(doctor)
    doctor.set_defaults(command=_doctor)
    devices = commands.add_parser("devices", help="list what is plugged in, and the configuration that would use it")
    devices.add_argument("--json", action="store_true", help="for programs")
    devices.set_defaults(command=_devices)
    scan = commands.add_parser("scan", help="show live what each scanner reads and what it means, masked")
    _with_scan_options(scan)
    scan.set_defaults(command=_scan)
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    _with_credentials(codes)
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.set_defaults(command=_staff_codes)
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    _with_credentials(public_key)
    public_key.add_argument("--name", default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)
    verify = commands.add_parser("verify", help="say whether vouchers are genuine; needs no network")
    _with_verify_options(verify)
    verify.set_defaults(command=_verify)
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
        help="where round-key, staff-key and voucher-key are (default: what systemd's LoadCredential= gives)",
    )


def _with_scan_options(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file: its scanners, live")
    source.add_argument(
        "--image", type=Path, nargs="+", metavar="FILE_OR_FOLDER", help="pictures; folders in their files' order"
    )
    parser.add_argument("--raw", action="store_true", help="show whole payloads of pictures, identities too")
    _with_credentials(parser)


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


def _with_verify_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what the QR says (default: a line each from input)")
    parser.add_argument("--keys", type=Path, default=KEYS_FILE, metavar="FILE", help=f"public keys ({KEYS_FILE})")
    parser.add_argument("--max-age", type=_hours, metavar="HOURS", help="older vouchers are too old")
    parser.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the verdicts (default zh_CN)")
    parser.add_argument("--timezone", type=_zone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")


def _hours(text: str) -> float:
    hours = float(text)
    if not hours > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return hours


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"no timezone {text!r}, write one such as Asia/Shanghai") from error


def _with_doctor_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--printer", nargs="?", const="", required=True, metavar="NAME", help="which one of the file, or its name to be"
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file, which tells the line")
    where.add_argument(
        "--line", type=_line, metavar="LINE", help="serial:/dev/ttyUSB0:9600, usb:/dev/usb/lp0, tcp:192.168.1.50:9100"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the printer's table here")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    parser.add_argument("--language", choices=LANGUAGES, help="of the questions (default: the file's)")


def _line(text: str) -> PrinterTable:
    try:
        return table_of_line(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write serial:PORT:BAUD, usb:DEVICE or tcp:HOST:PORT") from error


def _named(table: PrinterTable, name: str) -> PrinterTable:
    return table.model_copy(update={"name": name}) if name else table


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


def _doctor(options: argparse.Namespace) -> int:
    config = None if options.config is None else read_config(options.config)
    table = _named(options.line, options.printer) if config is None else chosen_printer(config, options.printer)
    texts = Texts(options.language or (config.point.language if config is not None else LANGUAGES[0]))
    if options.out is not None and options.out.exists() and not options.force:
        return _trouble(texts, "exists", EXIT_CANNOT_CREATE, file=options.out)
    from kiosk.app import printer_probe, serves

    if config is not None and serves(config.state.directory):
        return _trouble(texts, "busy", EXIT_BUSY)
    with tempfile.TemporaryDirectory(prefix="kiosk-doctor-") as folder:
        _keep_printer_database(Path(folder))
        interview = Interview(printer_probe(table), texts, input, lambda line: print(line, flush=True))
        try:
            findings = interview.run()
        except DeviceBusy:
            return _trouble(texts, "busy", EXIT_BUSY)
        except DeviceError as error:
            key = "takes-nothing" if isinstance(error, DeviceSilent) else "gone"
            return _trouble(texts, key, EXIT_UNAVAILABLE, why=error)
    return EXIT_UNFINISHED if findings is None else _leave(options.out, table, findings, texts)


def _leave(out: Path | None, table: PrinterTable, findings: tuple[Finding, ...], texts: Texts) -> int:
    reasons = {finding.why: texts.say(f"doctor.why.{finding.why}") for finding in findings}
    text = table_text(table, findings, reasons)
    print(texts.say("doctor.found"), text, sep="\n\n")
    if out is None:
        return 0
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        return _trouble(texts, "not-written", EXIT_CANNOT_CREATE, file=out, why=error.strerror)
    print(texts.say("doctor.written", file=out))
    return 0


def _trouble(texts: Texts, key: str, status: int, **values: object) -> int:
    print(texts.say(f"doctor.{key}", **values), file=sys.stderr)
    return status


def _devices(options: argparse.Namespace) -> int:
    from kiosk.app import plugged_in
    from kiosk.devices import as_json, described

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


def _staff_codes(options: argparse.Namespace) -> int:
    from kiosk.app import read_key

    for text, action in staff_codes(read_key(options.credentials, "staff-key")).items():
        if options.out is None:
            print(f"{action:<10} {text}")
        else:
            _draw_code(options.out, action, text)
    return 0


def _public_key(options: argparse.Namespace) -> int:
    from kiosk.app import read_signer

    print(f"{read_signer(options.credentials).public_key.hex()} {options.name}".rstrip())
    return 0


def _verify(options: argparse.Namespace) -> int:
    keys, texts = _known_keys(options.keys), Texts(options.language)
    if not options.text and sys.stdin.isatty():
        print(texts.say("verify.scan"), file=sys.stderr)
    good = True
    for text in options.text or _scans():
        limit = None if options.max_age is None else AgeLimit(options.max_age, time.time())
        verdict = judge(text, keys, limit)
        _tell_guard(in_words(verdict, texts, options.timezone), verdict.good)
        good = good and verdict.good
    return 0 if good else EXIT_NOT_GENUINE


def _known_keys(file: Path) -> frozenset[bytes]:
    """Raises ConfigError."""
    try:
        keys = read_keys(file.read_text(encoding="utf-8"))
    except OSError as error:
        fix = "Give --keys FILE with the lines that `kiosk public-key` prints at each kiosk"
        raise ConfigError(str(file), [Mistake("file", str(error.strerror), fix)]) from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(file), [Mistake("file", "is no text", "Give the file of public keys")]) from error
    except KeyFileError as error:
        fix = "Write what `kiosk public-key` prints: 64 hex digits, a blank, a name"
        raise ConfigError(str(file), [Mistake(f"line {n}", "holds no public key", fix) for n in error.lines]) from error
    if not keys:
        raise ConfigError(str(file), [Mistake("file", "holds no key", "Add the line of each kiosk")])
    return keys


def _scans() -> Iterable[str]:
    """What a keyboard scanner types: a code and Enter. Bytes that are no text make a code that is no voucher."""
    for line in sys.stdin.buffer:
        text = line.decode("utf-8", errors="replace").strip("\r\n")
        if text:
            yield text


def _tell_guard(words: str, good: bool) -> None:
    green, red, plain = ("\x1b[1;32m", "\x1b[1;31m", "\x1b[0m") if sys.stdout.isatty() else ("", "", "")
    print(f"{green if good else red}{words}{plain}", flush=True)


def _scan_pictures(options: argparse.Namespace) -> int:
    from kiosk.app import picture_reader
    from kiosk.pictures import described, pictures

    failed = False
    with picture_reader() as read:
        for file in pictures(options.image):
            told = described(file, read, options.raw)
            failed = failed or "error" in told
            print(json.dumps(told, ensure_ascii=False), flush=True)
    return 1 if failed else 0


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
