"""verify, withdrawn: vouchers at the gate."""

import argparse
import json
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli.journals import read_in
from kiosk.cli.options import Commands, timezone
from kiosk.cli.statuses import EXIT_NOT_GENUINE
from kiosk.cli.word_lists import KEYS_FILE, known_keys, lines_of
from kiosk.config import ConfigError, Mistake, read_config
from kiosk.credentials import NotTaken, text_of
from kiosk.journal import withdrawn
from kiosk.texts import LANGUAGES, Texts
from kiosk.vouchers import reception
from kiosk.vouchers.manifest import PREFIX
from kiosk.vouchers.verifying import Gate, Verdict, as_object, in_words, read_withdrawn


def add(commands: Commands) -> None:
    verify = commands.add_parser("verify", help="say whether vouchers are genuine; needs no network")
    verify.add_argument("text", nargs="*", metavar="TEXT", help="what the QR says (default: a line each from input)")
    verify.add_argument("--keys", type=Path, default=KEYS_FILE, metavar="FILE", help=f"public keys ({KEYS_FILE})")
    verify.add_argument("--max-age", type=_hours, metavar="HOURS", help="older vouchers are too old")
    verify.add_argument(
        "--withdrawn",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what `kiosk withdrawn` printed; more than once for several kiosks; read again when it changes",
    )
    verify.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the verdicts (default zh_CN)")
    verify.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    verify.add_argument("--json", action="store_true", help="for programs: an object a line")
    verify.set_defaults(command=_verify)
    taken_back = commands.add_parser("withdrawn", help="print the vouchers that were taken back, for the guards")
    where = taken_back.add_mutually_exclusive_group(required=True)
    where.add_argument("--config", type=Path, metavar="FILE", help="the kiosk's TOML file")
    where.add_argument("--state", type=Path, metavar="DIR", help="the kiosk's state directory")
    taken_back.add_argument("--json", action="store_true", help="for programs")
    taken_back.set_defaults(command=_withdrawn)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a number of hours") from error
    if not hours > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return hours


def _verify(options: argparse.Namespace) -> int:
    texts, lists = Texts(options.language), _Lists(options.withdrawn)
    gate = Gate(known_keys(options.keys), lists.read(), options.max_age)
    if not options.text and sys.stdin.isatty():
        print(texts.say("verify.scan"), file=sys.stderr)
    good = True
    for data in [text.encode(errors="surrogateescape") for text in options.text] or _scans():
        text = scanned(data)
        if text.strip().upper().startswith(PREFIX):
            good = _manifest(text, gate.keys, texts, options) and good
            continue
        gate.withdrawn = lists.read_again(gate.withdrawn)
        verdict = gate.judge(text, time.time())
        if options.json:
            print(json.dumps(as_object(verdict, options.timezone), ensure_ascii=False), flush=True)
        else:
            _tell_guard(in_words(verdict, texts, options.timezone), verdict)
        good = good and verdict.good
    return 0 if good else EXIT_NOT_GENUINE


def _manifest(text: str, keys: Collection[bytes], texts: Texts, options: argparse.Namespace) -> bool:
    """Whether a kiosk signed it. It says nothing of what came back to the point since."""
    told = reception.Reception(keys).scan(text)
    if told is None:
        return False
    if options.json:
        said = None if told.manifest is None else reception.as_object(told.manifest, options.timezone)
        print(json.dumps({"finding": str(told.receipt), "good": told.good, "manifest": said}), flush=True)
    else:
        print(reception.in_words(told, texts, options.timezone), flush=True)
    return told.good


class _Lists:
    """Files of withdrawn vouchers, which come anew while the guard's machine runs."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self._stamps = self._seen()

    def read(self) -> frozenset[str]:
        """Raises ConfigError."""
        stamps = self._seen()
        option = "Give --withdrawn FILE with what `kiosk withdrawn` prints at a kiosk"
        line = Mistake("line {}", "holds no voucher's number", "Write what `kiosk withdrawn` prints: V and 13 digits")
        found = frozenset().union(*(lines_of(file, read_withdrawn, option, line) for file in self._files))
        self._stamps = stamps
        return found

    def read_again(self, known: Collection[str]) -> Collection[str]:
        """What is known and what was added since. A file that cannot be read now takes nothing away."""
        if self._seen() == self._stamps:
            return known
        try:
            return frozenset(known) | self.read()
        except ConfigError as error:
            print(error, file=sys.stderr)
            return known

    def _seen(self) -> list[tuple[int, int] | None]:
        return [_stamp(file) for file in self._files]


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def scanned(data: bytes) -> str:
    """What a keyboard scanner typed; nothing for what it cannot say in one piece."""
    try:
        return text_of(data)
    except NotTaken:
        return ""


def _scans() -> Iterable[bytes]:
    """What a keyboard scanner types: a code and Enter."""
    return (line for line in sys.stdin.buffer if line.strip())


def _tell_guard(words: str, verdict: Verdict) -> None:
    green, yellow, red, plain = "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m", "\x1b[0m"
    if not sys.stdout.isatty():
        print(words, flush=True)
        return
    colour = red if not verdict.good else green if verdict.shown_s is None else yellow
    print(f"{colour}{words}{plain}", flush=True)


def _withdrawn(options: argparse.Namespace) -> int:
    directory = options.state or read_config(options.config).state.directory
    found = read_in(directory, withdrawn)
    if options.json:
        print(json.dumps([{"number": each.voucher, "round": each.round} for each in found]))
    else:
        print("# Vouchers that were taken back; for kiosk verify --withdrawn")
        for each in found:
            print(each.voucher, each.round)
    return 0
