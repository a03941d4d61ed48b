"""receive: a delivery at the laboratory's door, ticked off against its manifests."""

import argparse
import json
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.cli.gate import scanned
from kiosk.cli.options import Commands, timezone
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_DISAGREES
from kiosk.cli.word_lists import KEYS_FILE, known_keys
from kiosk.model.local_time import moment
from kiosk.texts import LANGUAGES, Texts
from kiosk.vouchers.reception import Reception, as_object, in_words

LONGEST = 8192
"""Characters of one scan; a manifest has at most half of that."""


def add(commands: Commands) -> None:
    receive = commands.add_parser("receive", help="tick the tubes of a delivery off against its manifests")
    receive.add_argument("manifest", nargs="*", metavar="MANIFEST", help="what its QR says (or scan it, as the tubes)")
    receive.add_argument("--keys", type=Path, default=KEYS_FILE, metavar="FILE", help=f"public keys ({KEYS_FILE})")
    receive.add_argument("--temperature", type=_degrees, metavar="C", help="of the box when it arrived")
    receive.add_argument("--damage", default="", metavar="TEXT", help="what was broken, in words")
    receive.add_argument("--out", type=Path, metavar="FILE", help="write the receipt there, as JSON")
    receive.add_argument("--language", choices=LANGUAGES, default="zh_CN", help="of the words (default zh_CN)")
    receive.add_argument("--timezone", type=timezone, default=ZoneInfo("Asia/Shanghai"), help="default Asia/Shanghai")
    receive.add_argument("--json", action="store_true", help="for programs: one object at the end")
    receive.set_defaults(command=_receive)


def _degrees(text: str) -> float:
    with suppress(ValueError):
        if isfinite(found := float(text)):
            return found
    raise argparse.ArgumentTypeError("must be a number of degrees")


def _receive(options: argparse.Namespace) -> int:
    texts, reception = Texts(options.language), Reception(known_keys(options.keys))
    if sys.stdin.isatty():
        print(texts.say("receive.scan"), file=sys.stderr)
    for text in (*options.manifest, *_scans()):
        told = reception.scan(text)
        if told is not None and not options.json:
            print(in_words(told, texts, options.timezone), flush=True)
    receipt = _receipt(reception, options)
    print(json.dumps(receipt) if options.json else "\n".join(_summary(reception, texts)))
    if options.out is not None and not _written(options.out, receipt):
        return EXIT_CANNOT_CREATE
    return 0 if reception.agrees else EXIT_DISAGREES


def _scans() -> Iterable[str]:
    """A code a line, until the input ends."""
    lines = (scanned(line) for line in iter(partial(sys.stdin.buffer.readline, LONGEST), b""))
    return (line for line in lines if line)


def _receipt(reception: Reception, options: argparse.Namespace) -> dict[str, object]:
    now = moment(options.timezone, time.time())
    return {
        "agrees": reception.agrees,
        "received": now.isoformat(timespec="seconds"),
        "temperature": options.temperature,
        "damage": options.damage or None,
        "manifests": [as_object(manifest, options.timezone) for manifest in reception.manifests.values()],
        "missing": [{"box": box, "code": code} for box, code in reception.missing()],
        "not_on_a_manifest": list(reception.strange()),
        "on_two_manifests": list(reception.on_two()),
        "doubled": list(reception.doubled()),
    }


def _summary(reception: Reception, texts: Texts) -> Iterable[str]:
    for box, code in reception.missing():
        yield f"{texts.say('receive.missing')}  {code}  {box}"
    for code in reception.strange():
        yield f"{texts.say('receive.not-on-a-manifest')}  {code}"
    for code in reception.on_two():
        yield f"{texts.say('receive.on-two-manifests')}  {code}"
    for code in reception.doubled():
        yield f"{texts.say('receive.doubled')}  {code}"
    tubes = sum(len(manifest.lines) for manifest in reception.manifests.values())
    people = sum(manifest.people for manifest in reception.manifests.values())
    said = "agrees" if reception.agrees else "disagrees"
    yield f"{texts.say(f'receive.{said}')}  {texts.say('receive.figures', tubes=tubes, people=people)}"


def _written(file: Path, receipt: dict[str, object]) -> bool:
    try:
        file.write_text(json.dumps(receipt, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="replace")
    except OSError as error:
        print(f"{file}: {error.strerror}. What was received stands above; name another file.", file=sys.stderr)
        return False
    return True
