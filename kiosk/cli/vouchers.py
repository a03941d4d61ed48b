"""staff-codes, public-key, verify: what is shown to staff and guards."""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.cli.options import Commands, with_credentials
from kiosk.cli.statuses import EXIT_NOT_GENUINE
from kiosk.config import ConfigError, Mistake
from kiosk.credentials import staff_codes
from kiosk.texts import LANGUAGES, Texts
from kiosk.vouchers.verifying import AgeLimit, KeyFileError, in_words, judge, read_keys

KEYS_FILE = Path("/etc/kiosk/voucher-keys")


def add(commands: Commands) -> None:
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    with_credentials(codes)
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.set_defaults(command=_staff_codes)
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    with_credentials(public_key)
    public_key.add_argument("--name", type=_name, default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)
    verify = commands.add_parser("verify", help="say whether vouchers are genuine; needs no network")
    verify.add_argument("text", nargs="*", metavar="TEXT", help="what the QR says (default: a line each from input)")
    verify.add_argument("--keys", type=Path, default=KEYS_FILE, metavar="FILE", help=f"public keys ({KEYS_FILE})")
    verify.add_argument("--max-age", type=_hours, metavar="HOURS", help="older vouchers are too old")
    verify.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the verdicts (default zh_CN)")
    verify.add_argument("--timezone", type=_zone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    verify.set_defaults(command=_verify)


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable characters")
    return text


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a number of hours") from error
    if not hours > 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return hours


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"no timezone {text!r}, write one such as Asia/Shanghai") from error


def _staff_codes(options: argparse.Namespace) -> int:
    from kiosk.app import read_key

    for text, action in staff_codes(read_key(options.credentials, "staff-key")).items():
        if options.out is None:
            print(f"{action:<10} {text}")
        else:
            _draw_code(options.out, action, text)
    return 0


def _draw_code(folder: Path, action: str, text: str) -> None:
    import qrcode

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    picture = folder / f"{action}.png"
    qrcode.make(text).save(picture)
    picture.chmod(0o600)
    print(picture)


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
        # Some editors set a mark before the first line.
        keys = read_keys(file.read_text(encoding="utf-8-sig"))
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
