"""Puts broken calls in the place of real ones, and takes them away again."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from types import TracebackType
from typing import Any, Self

from kiosk.virtual.broken_library.behaviour import Behaviour
from kiosk.virtual.broken_library.places import Broken


class BrokenLibrary:
    """For one device; `with` breaks what `breaks` names, and mends it at the end."""

    def __init__(self, device: str, *breaks: Broken) -> None:
        self._device, self._breaks = device, breaks
        self.behaviour: Behaviour | None = None
        """None: as the real library."""
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        for broken in self._breaks:
            real = getattr(broken.owner, broken.name)
            setattr(broken.owner, broken.name, self._instead_of(real, broken))
            self._exits.callback(setattr, broken.owner, broken.name, real)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.behaviour = None
        self._exits.close()

    def _instead_of(self, real: Callable[..., object], broken: Broken) -> Callable[..., object]:
        @wraps(real)
        def call(*given: Any, **named: Any) -> object:
            behaviour = self.behaviour
            if behaviour is None or threading.current_thread().name != self._device or not broken.matters(*given):
                return real(*given, **named)
            answer = real(*given, **named) if broken.after else None
            behaviour()
            return answer if broken.after else real(*given, **named)

        return call
