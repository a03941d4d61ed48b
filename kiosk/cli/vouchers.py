"""public-key: what guards are given."""

import argparse

from kiosk.cli.options import Commands, with_credentials


def add(commands: Commands) -> None:
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    with_credentials(public_key)
    public_key.add_argument("--name", type=_name, default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable characters")
    return text


def _public_key(options: argparse.Namespace) -> int:
    from kiosk.app import read_signer

    print(f"{read_signer(options.credentials).public_key.hex()} {options.name}".rstrip())
    return 0
