"""What is wrong with a configuration, in words."""

from collections.abc import Iterable

from kiosk.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in the file."""

    key: str
    wrong: str
    fix: str

    def __str__(self) -> str:
        return f"{self.key}: {self.wrong}. {self.fix}"


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` holds every one."""

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        head = f"{source}: {len(self.mistakes)} mistake(s)"
        super().__init__("\n".join([head, *(f"  {each}" for each in self.mistakes)]))
