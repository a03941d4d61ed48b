"""doctor: a new printer."""

import argparse
import sys
from pathlib import Path

from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_BUSY, EXIT_CANNOT_CREATE, EXIT_UNAVAILABLE, EXIT_UNFINISHED
from kiosk.config import PrinterTable, read_config
from kiosk.doctor.interview import Interview
from kiosk.doctor.printer import Finding, chosen_printer, table_of_line, table_text
from kiosk.ports import DeviceBusy, DeviceError, DeviceSilent
from kiosk.texts import LANGUAGES, Texts


def add(commands: Commands) -> None:
    doctor = commands.add_parser("doctor", help="get to know a new printer and write its part of the configuration")
    doctor.add_argument(
        "--printer", nargs="?", const="", required=True, metavar="NAME", help="which one of the file, or its name to be"
    )
    where = doctor.add_mutually_exclusive_group(required=True)
    where.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file, which tells the line")
    where.add_argument(
        "--line", type=_line, metavar="LINE", help="serial:/dev/ttyUSB0:9600, usb:/dev/usb/lp0, tcp:192.168.1.50:9100"
    )
    doctor.add_argument("--out", type=Path, metavar="FILE", help="write the printer's table here")
    doctor.add_argument("--force", action="store_true", help="replace FILE if it exists")
    doctor.add_argument("--language", choices=LANGUAGES, help="of the questions (default: the file's)")
    doctor.set_defaults(command=_doctor)


def _line(text: str) -> PrinterTable:
    try:
        return table_of_line(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("write serial:PORT:BAUD, usb:DEVICE or tcp:HOST:PORT") from error


def _named(table: PrinterTable, name: str) -> PrinterTable:
    return table.model_copy(update={"name": name}) if name else table


def _doctor(options: argparse.Namespace) -> int:
    config = None if options.config is None else read_config(options.config)
    table = _named(options.line, options.printer) if config is None else chosen_printer(config, options.printer)
    texts = Texts(options.language or (config.point.language if config is not None else LANGUAGES[0]))
    if options.out is not None and options.out.exists() and not options.force:
        return trouble(texts, "exists", EXIT_CANNOT_CREATE, file=options.out)
    from kiosk.app import printer_probe, serves

    if config is not None and serves(config.state.directory):
        return trouble(texts, "busy", EXIT_BUSY)
    interview = Interview(printer_probe(table), texts, input, lambda line: print(line, flush=True))
    try:
        findings = interview.run()
    except DeviceBusy:
        return trouble(texts, "busy", EXIT_BUSY)
    except DeviceError as error:
        key = "takes-nothing" if isinstance(error, DeviceSilent) else "gone"
        return trouble(texts, key, EXIT_UNAVAILABLE, why=error)
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
        return trouble(texts, "not-written", EXIT_CANNOT_CREATE, file=out, why=error.strerror)
    print(texts.say("doctor.written", file=out))
    return 0


def trouble(texts: Texts, key: str, status: int, **values: object) -> int:
    """Says what is wrong with a printer; returns the status."""
    print(texts.say(f"doctor.{key}", **values), file=sys.stderr)
    return status
