"""order key, roster key: the private key of who tells kiosks something, and the public one that they know it by."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_CANNOT_CREATE


def add_key(commands: Commands, table: str, genuine: str, can: str) -> None:
    """`table` is the configuration's, for the public key; `genuine` is what it tells from all else, and whoever has the
    private one `can` do so much."""
    key = commands.add_parser("key", help=f"make the key by which kiosks know a genuine {genuine}")
    key.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the private key is written")
    key.add_argument("--json", action="store_true", help="for programs")
    key.set_defaults(command=partial(_make, table, can))


def _make(table: str, can: str, options: argparse.Namespace) -> int:
    from kiosk.office.authority_keys import KeyFileError
    from kiosk.office.signing_keys import make

    try:
        public = make(options.out)
    except KeyFileError as error:
        print(f"{error}. Nothing was changed.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    except OSError as error:
        print(f"{options.out}: {error.strerror}. No key was made; name another file.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    if options.json:
        print(json.dumps({"file": str(options.out), "key": public}, ensure_ascii=False))
    else:
        print(f"{options.out}: keep it off every kiosk; whoever has it can {can}")
        print(f'Into every kiosk\'s configuration, below [{table}]:  key = "{public}"')
    return 0
