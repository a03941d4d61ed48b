"""Users' texts: one TOML catalogue a language beside this file, the same keys in each.

decisions: Configuration and texts."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

LANGUAGES = ("zh_CN", "en")


class Texts:
    """The words of one language. `say` fills in values; a key that is missing is a fault of the release: KeyError."""

    def __init__(self, language: str) -> None:
        source = Path(__file__).with_name(f"{language}.toml")
        self._words: Mapping[str, str] = dict(_flat(tomllib.loads(source.read_text(encoding="utf-8"))))

    def say(self, key: str, **values: object) -> str:
        return self._words[key].format(**values)

    def notice(self, key: str, values: Mapping[str, str]) -> str:
        """What people are told; devices and faults among the values by the names that people use."""
        return self.say(f"notice.{key}", **{name: self._named(name, value) for name, value in values.items()})

    def _named(self, name: str, value: str) -> str:
        if name == "fault":
            return self.say(f"refusal.{value}")
        return self.device(value) if name in ("device", "printer") else value

    def device(self, name: str) -> str:
        """What people call a device; one that the point has named itself is called by that name."""
        return self._words.get(f"device.{name}", name)

    def every(self) -> Iterable[tuple[str, str]]:
        """Each key with its text, as it is before values are filled in."""
        return self._words.items()

    def keys(self) -> frozenset[str]:
        return frozenset(self._words)


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{prefix}{key}.")
        else:
            pairs.append((prefix + key, str(value)))
    return pairs
