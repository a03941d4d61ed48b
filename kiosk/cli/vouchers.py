"""staff-codes, public-key: what staff and guards are given."""

import argparse
from pathlib import Path

from kiosk.cli.options import Commands, with_credentials
from kiosk.credentials import staff_codes


def add(commands: Commands) -> None:
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    with_credentials(codes)
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.set_defaults(command=_staff_codes)
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    with_credentials(public_key)
    public_key.add_argument("--name", type=_name, default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable characters")
    return text


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
