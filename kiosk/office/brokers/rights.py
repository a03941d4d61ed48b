"""The rights of a broker's certificates, as mosquitto's acl_file has them. Pure. decisions: Brokers"""

from collections.abc import Collection, Iterable, Iterator

from kiosk.office.brokers.names import Kind, Name

STATE = ("status", "counts/#", "health/#", "gauges/#", "units/#", "answer/#", "ordered/#")
"""What a kiosk says of itself: what is so now."""
RECORDS = ("tubes/#",)
COLLECTED = (*STATE, *RECORDS)
"""What a database may have of it."""
PEOPLE = ("people/#",)
"""Keyed hashes: for the tables of a point, and for nobody else."""
ASKED = ("ask", "order", "roster/#")
"""What is asked and ordered of a kiosk, and who is expected there: it hears that and cannot say it."""
FENCES = "readwrite sampling/fence/#"
"""What a reader says to itself behind all that stands there, to know when it has heard that."""
ANYWHERE = "+/+/+/+"

HEAD = """\
# Who may do what, by the name (CN) of a certificate. Made by `kiosk broker rights`; `systemctl reload mosquitto`
# takes it.
"""
KIOSKS = """
# Each kiosk, <point>/<kiosk>: what it says of itself, and what it is asked. Its own sheets it hears only with those
# of the other tables: so a table that was left out below notices that it hears none, and says so.
"""
TABLES = """
# The tables of a point hear each other: mosquitto knows no pattern for a part of a name, so it is a line for each.
"""
WITHDRAWN = """
# Withdrawn: may say nothing and hears nothing, also if it is connected.
"""


def rights(names: Collection[Name], withdrawn: Collection[Name] = ()) -> str:
    """The file for all of them; who is withdrawn has none."""
    served = sorted(set(names) - set(withdrawn), key=str)
    return "".join([HEAD, *_kiosks(served), *_others(served), *_withdrawn(withdrawn)])


def _kiosks(names: Iterable[Name]) -> Iterator[str]:
    kiosks = [each for each in names if each.kind is Kind.KIOSK]
    if not kiosks:
        return
    yield KIOSKS
    for right, leaves in (("readwrite", (*STATE, *RECORDS)), ("write", PEOPLE), ("read", ASKED)):
        yield from (f"pattern {right} sampling/v1/+/+/%u/{leaf}\n" for leaf in leaves)
    yield TABLES
    for each in kiosks:
        yield f"user {each.text}\ntopic read sampling/v1/+/+/{each.place}/+/people/#\n"


def _others(names: Iterable[Name]) -> Iterator[str]:
    for each in names:
        if each.kind is not Kind.KIOSK:
            yield f"\nuser {each.text}\n"
            yield from (f"topic {line}\n" for line in _lines(each))


def _lines(name: Name) -> Iterator[str]:
    match name.kind:
        case Kind.POINT:
            yield from _bridge(f"+/+/{name.place}/+", name.line)
        case Kind.COUNTY:
            yield from _bridge(f"{name.place}/+/+/+", name.line)
        case Kind.RECORDS:
            yield from _each("read", ANYWHERE, (*STATE, *RECORDS))
            yield from _each("write", ANYWHERE, ASKED[:1])
            yield FENCES
        case Kind.CENTRE:
            yield from _reader()
            yield from _each("write", ANYWHERE, ASKED)
        case Kind.CHECK:
            yield "readwrite sampling/check/#"
            yield FENCES
        case _:
            yield from _reader()


def _reader() -> Iterator[str]:
    yield from _each("deny", ANYWHERE, PEOPLE)
    yield "read sampling/v1/#"
    yield "read $SYS/#"
    yield FENCES


def _bridge(place: str, line: str) -> Iterator[str]:
    if line == "state":
        yield from _each("write", place, STATE)
        yield from _each("read", place, ASKED)
    else:
        yield from _each("write", place, RECORDS)


def _each(right: str, place: str, leaves: Iterable[str]) -> Iterator[str]:
    return (f"{right} sampling/v1/{place}/{leaf}" for leaf in leaves)


def _withdrawn(names: Collection[Name]) -> Iterator[str]:
    if names:
        yield WITHDRAWN
    for each in sorted(set(names), key=str):
        yield f"user {each.text}\ntopic deny #\n"
