"""What can be known to be wrong without opening a device."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from kiosk.app.fitting import printer_of, scanner_of
from kiosk.app.keys import read_key, read_signer
from kiosk.code_forms import read_key_files
from kiosk.config import ConfigError, Mistake, Sound, read_draft


def check(file: Path, credentials: Path | None) -> None:
    """Raises ConfigError with the mistakes of the file and, as far as its tables are sound, of what they name."""
    draft = read_draft(file)
    mistakes = [*draft.mistakes, *_beyond_the_file(draft.sound, credentials)]
    if mistakes or draft.config is None:
        raise ConfigError(draft.source, mistakes)


def _beyond_the_file(sound: Sound, credentials: Path | None) -> Iterator[Mistake]:
    yield from _told([partial(printer_of, table, index) for index, table in sound.printer.items()])
    yield from _told([partial(scanner_of, table) for table in sound.scanner.values()])
    yield from _told([partial(read_key_files, sound)])
    if credentials is not None:
        keys = [partial(read_key, credentials, name) for name in ("round-key", "staff-key")]
        yield from _told([*keys, partial(read_signer, credentials)])


def _told(judges: Iterable[Callable[[], object]]) -> Iterator[Mistake]:
    for judge in judges:
        try:
            judge()
        except ConfigError as error:
            yield from error.mistakes
