"""What a collector takes messages from."""

from collections.abc import Sequence
from typing import Any, Protocol

from kiosk.frozen import dataclass


class SourceError(Exception):
    """The broker is not there, refuses, or has ended the line; says which, and what it said."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message, and what the broker calls it until it is acknowledged."""

    topic: str
    payload: bytes
    tag: Any = None


class Source(Protocol):
    """A broker that gives each message to one of its collectors, and again to any until it is acknowledged."""

    def open(self) -> None:
        """Raises SourceError."""

    def take(self, most: int, timeout: float) -> list[Taken]:
        """What has come within `timeout` seconds, in order. Raises SourceError."""

    def acknowledge(self, taken: Sequence[Taken]) -> None:
        """All that the last `take` gave: the broker may forget it. Raises SourceError."""

    def idle(self, seconds: float) -> None:
        """Holds the line, and takes nothing but what is on its way already. Raises SourceError."""

    def close(self) -> None: ...
