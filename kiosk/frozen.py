"""Frozen dataclasses whose making costs a tenth: `dataclass` is the standard library's, less what it would compile.

It compiles six methods for each class at each start, of which most are never called: a third of all that a start took.
Here one method of a kind serves all classes, and what makes a value is compiled when the first one is made.
decisions: The start
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, **others: bool) -> Callable[[type], type]:
        """As the standard library's, for classes that are frozen and have slots."""
        if not (frozen and slots):
            raise TypeError("a dataclass that changes is the standard library's")
        return lambda made: _frozen(made, **others)


@contextmanager
def compiled_when_used() -> Iterator[None]:
    """While a library is imported: its frozen classes are made as ours, all others as ever."""
    usual = dataclasses.dataclass

    def chosen(made: type | None = None, **wanted: bool) -> Any:
        ours = made is None and wanted.get("frozen") and wanted.get("slots")
        return dataclass(**wanted) if ours else usual(made, **wanted)

    dataclasses.dataclass = chosen
    try:
        yield
    finally:
        dataclasses.dataclass = usual


_made_open = dataclasses.dataclass
_MISSING = dataclasses.MISSING
_uncompiled: dict[type, Callable[..., None]] = {}
"""What stands in for the `__init__` of classes of which there is no value yet."""


def prepare(most: int) -> bool:
    """Compiles so many of those that wait for their first value; whether any is left. For a quiet moment."""
    for made in list(_uncompiled)[:most]:
        first = _uncompiled.pop(made)
        if vars(made).get("__init__") is first:
            made.__init__ = _compiled_init(made)  # type: ignore[misc]
    return bool(_uncompiled)


def _frozen(given: type, kw_only: bool = False, repr: bool = True) -> type:  # noqa: A002 - the standard library's word
    made: Any = _made_open(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(given)
    values = _values_of(made)
    _give(made, "__init__", _first_init(made), given)
    _give(made, "__eq__", _eq(values), given)
    _give(made, "__hash__", lambda self: hash(values(self)), given)
    if repr:
        _give(made, "__repr__", _shown, given)
    made.__setattr__, made.__delattr__ = _not_set, _not_deleted
    made.__setstate__ = _restored
    found: type = made
    return found


def _give(made: type, name: str, method: Callable[..., object], given: type) -> None:
    """Unless the class has one of its own."""
    if name not in vars(given):
        setattr(made, name, method)


def _values_of(made: type) -> Callable[[Any], tuple[object, ...]]:
    """What tells one value of the class from another."""
    names = [field.name for field in dataclasses.fields(made) if field.compare]
    match names:
        case []:
            return lambda _: ()
        case [name]:
            return lambda self: (getattr(self, name),)
    return attrgetter(*names)


def _eq(values: Callable[[Any], tuple[object, ...]]) -> Callable[[Any, Any], bool]:
    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if self.__class__ is other.__class__ else NotImplemented

    return equal


def _shown(self: Any) -> str:
    told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in dataclasses.fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({told})"


def _not_set(_: object, name: str, __: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _not_deleted(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _restored(self: object, state: tuple[None, dict[str, object]]) -> None:
    """From a copy or a pickle, as Python writes objects with slots."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)


def _first_init(made: type) -> Callable[..., None]:
    def init(self: object, *given: object, **named: object) -> None:
        compiled = _compiled_init(made)
        made.__init__ = compiled  # type: ignore[misc]
        compiled(self, *given, **named)

    _uncompiled[made] = init
    return init


def _compiled_init(made: type) -> Callable[..., None]:
    fields = [field for field in dataclasses.fields(made) if field.init]
    names: dict[str, object] = {"MISSING": _MISSING}
    parameters = [_parameter(field, names) for field in fields if not field.kw_only]
    if named := [_parameter(field, names) for field in fields if field.kw_only]:
        parameters += ["*", *named]
    lines = [_line(field, getattr(made, field.name).__set__, names) for field in fields]
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(['self', *parameters])}):\n " + "\n ".join(lines or ["pass"]), names)  # noqa: S102
    compiled: Callable[..., None] = names["__init__"]  # type: ignore[assignment]
    compiled.__qualname__ = f"{made.__qualname__}.__init__"
    return compiled


def _parameter(field: "dataclasses.Field[Any]", names: dict[str, object]) -> str:
    if field.default is _MISSING and field.default_factory is _MISSING:
        return field.name
    names[f"default_{field.name}"] = field.default
    return f"{field.name}=default_{field.name}"


def _line(field: "dataclasses.Field[Any]", put: Callable[..., None], names: dict[str, object]) -> str:
    names[f"put_{field.name}"] = put
    if field.default_factory is _MISSING:
        return f"put_{field.name}(self, {field.name})"
    names[f"make_{field.name}"] = field.default_factory
    return f"put_{field.name}(self, make_{field.name}() if {field.name} is MISSING else {field.name})"
