"""Where the office's broker is, and as whom one comes to it: options that several commands have."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import port

if TYPE_CHECKING:
    from kiosk.office.broker_line import BrokerAt

PASSWORD = "KIOSK_BROKER_PASSWORD"  # noqa: S105 - the name of a variable


def with_broker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", required=True, help="of the broker")
    parser.add_argument("--port", type=port, help="of the broker (default 8883 with --ca, else 1883)")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="whose certificate is believed; without it no TLS")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="our own")
    parser.add_argument("--key", type=Path, metavar="FILE", help="of our own certificate")
    parser.add_argument("--user", metavar="NAME", help=f"where the broker asks for one; the password is in {PASSWORD}")
    parser.add_argument("--client-id", metavar="NAME", help="by which the broker knows us")


def broker_of(options: argparse.Namespace, client_id: str) -> "BrokerAt":
    """`client_id` where none is given."""
    from kiosk.office.broker_line import BrokerAt

    return BrokerAt(
        options.host,
        options.port or (1883 if options.ca is None else 8883),
        options.client_id or client_id,
        options.ca,
        options.certificate,
        options.key,
        options.user,
        os.environ.get(PASSWORD),
    )
