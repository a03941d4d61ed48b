"""screens: the pages for residents and staff, in a process of their own."""

import argparse
import os
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands, with_config
from kiosk.config import ConfigError, Mistake, ScreenTable, read_config
from kiosk.log import start_logging

if TYPE_CHECKING:
    from kiosk.screen.web.serving import Tablets

DEVICES = "devices.json"
KEY = "screen-key"


def add(commands: Commands) -> None:
    screens = commands.add_parser("screens", help="serve the pages for residents and staff; what systemd starts")
    with_config(screens)
    state = os.environ.get("STATE_DIRECTORY")
    screens.add_argument(
        "--state",
        type=Path,
        default=Path(state) if state else None,
        metavar="DIR",
        help="where paired devices are kept (default: what systemd's StateDirectory= gives)",
    )
    screens.set_defaults(command=_screens)


def _screens(options: argparse.Namespace) -> int:
    start_logging()
    config = read_config(options.config)
    table = config.screen
    if table is None:
        raise ConfigError(options.config, [Mistake("screen", "there is no such table", "Write one: [screen]")])
    if options.state is None:
        raise ConfigError(options.config, [Mistake("--state", "is not given", "Name a folder that may be written")])
    from kiosk.screen.web.serving import Serving, serve

    tablets = _tablets(table, options.credentials)
    devices = options.state / DEVICES
    try:
        page = table.socket, table.port, config.point.language, table.reader
        serve(Serving(*page, devices, table.sounds, tablets))
    except OSError as error:
        fix = "Name another port, or stop what has it"
        raise ConfigError(options.config, [Mistake("screen.port", error.strerror or str(error), fix)]) from None
    return 0


def _tablets(table: ScreenTable, credentials: Path | None) -> "Tablets | None":
    """None where only this machine's own screens are served."""
    if table.certificate is None:
        return None
    from kiosk.screen.web.server import secure
    from kiosk.screen.web.serving import Tablets

    fix = f"Give the certificate and its key, as the credential {KEY}"
    if credentials is None:
        raise ConfigError("config", [Mistake("screen.certificate", "its key is missing", fix)])
    try:
        return Tablets(table.tablets_port, secure(table.certificate, credentials / KEY), tuple(table.names))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError("config", [Mistake("screen.certificate", f"cannot be used: {error}", fix)]) from None
