"""One TOML file to typed values; every mistake at once, each with its key and a fix."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kiosk.config.ambiguities import code_mistakes
from kiosk.config.devices import device_mistakes
from kiosk.config.file import Config, Sound
from kiosk.config.judge import ValidationError
from kiosk.config.mistakes import ConfigError, Mistake
from kiosk.config.ordered import in_force
from kiosk.config.words import mistakes_of
from kiosk.frozen import dataclass

_SINGLE = {"tubes", "roster", "rules", "certificates", "state", "panel", "broker"}
_WITH_MARK = "utf-8-sig"
"""Some editors set a mark before the first line."""
_LISTS = {"code", "scanner", "printer"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it was read: its mistakes, the tables that are sound and, if all are, the configuration."""

    source: str
    sound: Sound
    mistakes: tuple[Mistake, ...]
    config: Config | None


def read_config(path: Path) -> Config:
    """The typed configuration, with the round that the centre has ordered since. Raises ConfigError."""
    return in_force(_whole(read_draft(path)))


def typed(table: dict[str, Any], source: str) -> Config:
    """The typed configuration of a parsed file. Raises ConfigError."""
    return _whole(_draft(table, source))


def read_draft(path: Path) -> Draft:
    """What can be told of the file. Raises ConfigError only if it cannot be read as TOML."""
    try:
        table = tomllib.loads(path.read_bytes().decode(_WITH_MARK))
    except OSError as error:
        raise ConfigError(str(path), [Mistake("file", f"{error.strerror}", "Name a file that can be read")]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(path), [Mistake("file", f"not UTF-8 (line {line})", "Save it as UTF-8")]) from error
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits and brackets a thousand deep are no TOML error to the library.
        raise ConfigError(str(path), [Mistake("file", f"not TOML: {error}", "Mend that line")]) from error
    return _draft(table, str(path))


def _whole(draft: Draft) -> Config:
    if draft.config is None or draft.mistakes:
        raise ConfigError(draft.source, draft.mistakes)
    return draft.config


def _draft(table: dict[str, Any], source: str) -> Draft:
    config: Config | None = None
    mistakes: list[Mistake] = []
    wrong: set[tuple[int | str, ...]] = set()
    try:
        config = Config.model_validate(table)
    except ValidationError as error:
        mistakes += mistakes_of(error)
        wrong = {each["loc"][:length] for each in error.errors() for length in (1, 2)}
    sound = Sound.model_validate(_without(table, wrong)) if config is None else Sound.of(config)
    mistakes += [*device_mistakes(sound), *code_mistakes(sound)]
    return Draft(source, sound, tuple(mistakes), config)


def _without(table: Mapping[str, Any], wrong: set[tuple[int | str, ...]]) -> dict[str, Any]:
    """The tables that are judged beside each other, less those with mistakes."""
    unsound = frozenset(str(location[0]) for location in wrong)
    sound: dict[str, Any] = {"unsound": unsound}
    for key in _SINGLE & (table.keys() | unsound):
        sound[key] = None if key in unsound else table[key]
    for key in _LISTS & table.keys():
        listed = table[key] if isinstance(table[key], list) else []
        sound[key] = {place: each for place, each in enumerate(listed, 1) if (key, place - 1) not in wrong}
    return sound
