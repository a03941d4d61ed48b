"""Modules that a library imports and that nothing of ours needs: left out while it is imported.

A stand-in answers for each, in that library alone. It has what the library looks at while it is imported; asked for
more, it loads the real one. decisions: The start
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

ANYTHING: Mapping[str, object] = {"": None}
"""Whatever the library takes from the module, it does not use."""


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None if "" in vars(self) else getattr(import_module(self.__name__), name)


@contextmanager
def leaving_out(given: Mapping[str, Mapping[str, object]]) -> Iterator[None]:
    """By the module's name what of it is there without loading it. Who has loaded it already keeps it."""
    absent = [name for name in given if name not in sys.modules]
    for name in absent:
        stand_in = _StandIn(name)
        vars(stand_in).update(given[name])
        sys.modules[name] = stand_in
        package, _, last = name.rpartition(".")
        if package in sys.modules:
            setattr(sys.modules[package], last, stand_in)
    try:
        yield
    finally:
        for name in absent:
            if isinstance(sys.modules.get(name), _StandIn):
                del sys.modules[name]
