"""What can be known to be wrong without opening a device."""

import ssl
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from pkgutil import resolve_name

from kiosk.app.code_forms import read_key_files, voucher_keys_of
from kiosk.app.fitting import plugged_in, printer_of, scanner_of
from kiosk.app.keys import read_authority, read_key, read_round_key, read_signer
from kiosk.app.roster_file import read_roster
from kiosk.config import BrokerTable, Config, ConfigError, HidScannerTable, Mistake, Sound, read_draft
from kiosk.config.ordered import in_force
from kiosk.ports import Plug

HOW_TO_TYPE = "Scan the code USB keyboard or USB serial of its manual; `kiosk devices` then shows its lines"
TO_BE_READ = "Put the roster of this point and round there whole, and let the kiosk's user read it"


def check(file: Path, credentials: Path | None) -> None:
    """Raises ConfigError with the mistakes of the file and, as far as its tables are sound, of what they name."""
    draft = read_draft(file)
    mistakes = [*draft.mistakes, *_beyond_the_file(draft.sound, credentials)]
    if draft.config is not None:
        mistakes += _roster(in_force(draft.config), credentials)
    if mistakes or draft.config is None:
        raise ConfigError(draft.source, mistakes)


def _beyond_the_file(sound: Sound, credentials: Path | None) -> Iterator[Mistake]:
    yield from _told([partial(printer_of, table, index) for index, table in sound.printer.items()])
    yield from _told([partial(scanner_of, table) for table in sound.scanner.values()])
    yield from _silent_scanners(sound)
    yield from _told([partial(read_key_files, sound)])
    if sound.rules is not None:
        yield from _told([partial(voucher_keys_of, sound.rules.voucher_keys)])
    if sound.records is not None:
        yield from _told([partial(read_authority, sound.records.authority_key, "")])
    if sound.panel is not None:
        yield from _pin_factory(sound.panel.pin_factory)
    if sound.state is not None and sound.state.directory.exists() and not sound.state.directory.is_dir():
        yield Mistake("state.directory", f"{sound.state.directory} is no folder", "Name another")
    if sound.broker is not None:
        yield from _encryption(sound.broker, credentials)
    if credentials is not None:
        keys = [partial(read_key, credentials, name) for name in ("round-key", "staff-key")]
        yield from _told([*keys, partial(read_signer, credentials)])


def _silent_scanners(sound: Sound) -> Iterator[Mistake]:
    """Those that are plugged in and set to what nobody reads."""
    found = plugged_in()
    typing, silent = (
        {(each.vendor, each.product) for each in found if each.kind is kind}
        for kind in (Plug.KEYBOARD, Plug.POS_SCANNER)
    )
    for index, table in sound.scanner.items():
        if isinstance(table, HidScannerTable) and (table.vendor, table.product) in silent - typing:
            yield Mistake(f"scanner[{index}]", "the scanner is in HID POS mode and types nothing", HOW_TO_TYPE)


def _roster(config: Config, credentials: Path | None) -> Iterator[Mistake]:
    """The kiosk serves without it, and takes it when it comes; whoever looks now wants to know."""
    if config.roster is None:
        return
    try:
        round_key = None if credentials is None else read_round_key(config, credentials)
        read_roster(config.roster, config.point.round, config.point.point, round_key)
    except ConfigError as error:
        yield from (each for each in error.mistakes if each.key == "roster.file")
    except OSError as error:
        yield Mistake("roster.file", f"{config.roster.file}: {error.strerror}", TO_BE_READ)


def _pin_factory(name: str) -> Iterator[Mistake]:
    from drivers.gpio_library import factory_names

    if ":" in name:
        # A class that no package has registered.
        try:
            resolve_name(name)
        except (ImportError, AttributeError, ValueError) as error:
            yield Mistake(
                "panel.pin_factory", f"there is no {name!r} ({error})", "Write a factory's name, such as lgpio"
            )
    elif name not in (known := factory_names()):
        yield Mistake("panel.pin_factory", f"gpiozero knows no {name!r}", f"Write one of {', '.join(sorted(known))}")


def _encryption(table: BrokerTable, credentials: Path | None) -> Iterator[Mistake]:
    """The kiosk serves without its broker, so a start does not look: the line would only be told as broken."""
    if table.ca_file is None:
        return
    try:
        context = ssl.create_default_context(cafile=table.ca_file)
    except OSError as error:
        yield Mistake("broker.ca_file", f"{table.ca_file}: {_why(error)}", "Name a file of certificates, PEM")
        context = ssl.create_default_context()
    if table.certificate is None or credentials is None:
        return
    key = credentials / "broker-key"
    if not key.exists():
        yield Mistake("broker-key", "No such file or directory", f"Put the key into {key}")
        return
    try:
        context.load_cert_chain(table.certificate, key, password="")
    except OSError as error:
        wrong = f"{table.certificate} with broker-key: {_why(error)}"
        yield Mistake("broker.certificate", wrong, "Name the certificate of that key, PEM; the key without a password")


def _why(error: OSError) -> str:
    """OpenSSL's own words are for programmers."""
    is_library = isinstance(error, ssl.SSLError)
    return "holds no such thing" if is_library else error.strerror or "cannot be read"


def _told(judges: Iterable[Callable[[], object]]) -> Iterator[Mistake]:
    for judge in judges:
        try:
            judge()
        except ConfigError as error:
            yield from error.mistakes
