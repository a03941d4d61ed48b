"""When something happened."""

from dataclasses import replace
from typing import Protocol, TypeVar

from kiosk.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Instant:
    """When something happened: the boot, its monotonic clock, and the wall clock with how far it is trusted."""

    boot: str
    mono_ns: int
    wall_ms: int
    trusted: bool

    @property
    def known_s(self) -> float | None:
        """Seconds since 1970 UTC; None while the wall clock is not trusted."""
        return self.wall_ms / 1000 if self.trusted else None

    def since_ms(self, earlier: "Instant") -> int | None:
        """Milliseconds from then till now; None where no clock knows: another boot, and a clock that was not set."""
        if self.boot == earlier.boot:
            return (self.mono_ns - earlier.mono_ns) // 1_000_000
        return self.wall_ms - earlier.wall_ms if self.trusted and earlier.trusted else None

    def corrected(self, boot: str, offset_ms: int) -> "Instant":
        """As it was by a clock that was set later in the same boot; of another boot, or known already, as it is."""
        if self.trusted or self.boot != boot:
            return self
        return Instant(boot, self.mono_ns, offset_ms + self.mono_ns // 1_000_000, True)


class Dated(Protocol):
    """A value that bears when it happened."""

    @property
    def at(self) -> Instant: ...


D = TypeVar("D", bound=Dated)


def dated(value: D, boot: str, offset_ms: int) -> D:
    """With its time as it was by a clock that was set later in the same boot."""
    return replace(value, at=value.at.corrected(boot, offset_ms))  # type: ignore[type-var]
