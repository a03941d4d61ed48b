"""Where the office's broker is, and as whom one comes to it: options that several commands have."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import port

if TYPE_CHECKING:
    from kiosk.office.broker_line import BrokerAt

PASSWORD = "KIOSK_BROKER_PASSWORD"  # noqa: S105 - the name of a variable


PLAIN, BY_TLS = 1883, 8883


def with_broker(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("--host", required=required, help="of the broker: a name, or an address")
    parser.add_argument("--port", type=port, help=f"default {BY_TLS} with --ca, else {PLAIN}")
    parser.add_argument("--ca", type=_file, metavar="FILE", help="whose certificate the broker has; then by TLS")
    parser.add_argument("--certificate", type=_file, metavar="FILE", help="of our own, where the broker asks for one")
    parser.add_argument("--key", type=_file, metavar="FILE", help="of that certificate")
    parser.add_argument("--user", metavar="NAME", help=f"where the broker asks for one; the password is in {PASSWORD}")


def _file(text: str) -> Path:
    """What TLS says of a file that it cannot read does not name it."""
    file = Path(text)
    if not os.access(file, os.R_OK):
        raise argparse.ArgumentTypeError(f"{text} is not there, or may not be read: run it as who may")
    return file


def broker_of(options: argparse.Namespace, client_id: str) -> "BrokerAt":
    """By `client_id`, where the broker does not go by the certificate's name."""
    from kiosk.office.broker_line import BrokerAt

    number = options.port or (BY_TLS if options.ca else PLAIN)
    own = options.ca, options.certificate, options.key, options.user, os.environ.get(PASSWORD)
    return BrokerAt(options.host, number, client_id, *own)
