"""What RabbitMQ is to hold for kiosks, as its definitions: who may do what, and the collectors' queue. Pure.

Levels of a topic are parted by dots there. decisions: Collectors"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from kiosk.office.brokers.names import Kind, Name
from kiosk.office.brokers.rights import ASKED, COLLECTED, PEOPLE, RECORDS, STATE

VHOST, EXCHANGE = "/", "amq.topic"
"""Where its MQTT has its messages."""
COLLECT = "collect"
"""The collectors' queue."""
QUEUE = {"x-queue-type": "quorum", "x-delivery-limit": -1}
"""Without the limit that RabbitMQ 4 has by itself: what was given out 21 times it throws away."""
LEVEL = r"[^.]+"
ANYWHERE = rf"{LEVEL}\.{LEVEL}\.{LEVEL}\.{LEVEL}"
NOTHING = "^$"


def _key(leaf: str) -> str:
    return f"sampling.v1.*.*.*.*.{leaf.replace('/', '.')}"


BINDINGS = tuple(map(_key, COLLECTED))
"""All but people: keyed hashes are for the tables of a point."""


def definitions(names: Collection[Name], withdrawn: Collection[Name] = ()) -> dict[str, Any]:
    """For `rabbitmqctl import_definitions`, as often as wanted; who is withdrawn may do nothing."""
    everybody = sorted({*names, *withdrawn}, key=str)
    gone = set(withdrawn)
    queue = {"name": COLLECT, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": QUEUE}
    bound = {"source": EXCHANGE, "vhost": VHOST, "destination": COLLECT, "destination_type": "queue", "arguments": {}}
    return {
        "vhosts": [{"name": VHOST}],
        "users": [{"name": each.text, "password_hash": "", "tags": []} for each in everybody],
        "permissions": [_permission(each, each in gone) for each in everybody],
        "topic_permissions": [_topics(each, each in gone) for each in everybody],
        "queues": [queue],
        "bindings": [bound | {"routing_key": key} for key in BINDINGS],
    }


def as_text(found: Mapping[str, Sequence[Any]]) -> str:
    """As JSON, an entry a line."""
    parts = (f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(each)}" for each in found[name]) for name in found)
    return "{\n" + "\n  ],\n".join(parts) + "\n  ]\n}\n"


def _permission(name: Name, is_gone: bool) -> dict[str, str]:
    """Of queues and exchanges: its own subscriptions, and whoever reads all has the collectors' queue too."""
    client = name.text.replace("/", "-") if name.kind is Kind.KIOSK else name.text
    own = rf"mqtt-(subscription|will)-{client}(qos[01])?"
    told = {"user": name.text, "vhost": VHOST}
    if is_gone:
        return told | dict.fromkeys(("configure", "write", "read"), NOTHING)
    collects = f"|{COLLECT}" if name.kind is Kind.READER else ""
    exchange = EXCHANGE.replace(".", r"\.")
    write, read = f"^({exchange}|{own})$", f"^({exchange}|{own}{collects})$"
    return told | {"configure": f"^{own}$", "write": write, "read": read}


def _topics(name: Name, is_gone: bool) -> dict[str, str]:
    write, read = (NOTHING, NOTHING) if is_gone else _places(name)
    return {"user": name.text, "vhost": VHOST, "exchange": EXCHANGE, "write": write, "read": read}


def _places(name: Name) -> tuple[str, str]:
    """What it may say, and what it may hear."""
    match name.kind:
        case Kind.KIOSK:
            point, _, kiosk = name.text.partition("/")
            here = rf"{LEVEL}\.{LEVEL}\.{point}"
            said = _keys(rf"{here}\.{kiosk}", (*STATE, *RECORDS, *PEOPLE))
            asked = _keys(rf"{here}\.{kiosk}", (*STATE, *RECORDS, *ASKED))
            neighbours = _keys(rf"{here}\.{LEVEL}", PEOPLE)
            return said, f"{asked}|{neighbours}"
        case Kind.POINT:
            return _bridge(rf"{LEVEL}\.{LEVEL}\.{name.place}\.{LEVEL}", name.line)
        case Kind.COUNTY:
            return _bridge(rf"{name.place}\.{LEVEL}\.{LEVEL}\.{LEVEL}", name.line)
        case Kind.CENTRE:
            return _keys(ANYWHERE, ASKED), _keys(ANYWHERE, COLLECTED)
        case Kind.RECORDS:
            return _keys(ANYWHERE, ASKED[:1]), _keys(ANYWHERE, COLLECTED)
        case _:
            return NOTHING, _keys(ANYWHERE, COLLECTED)


def _bridge(place: str, line: str) -> tuple[str, str]:
    if line == "state":
        return _keys(place, STATE), _keys(place, ASKED)
    return _keys(place, RECORDS), NOTHING


def _keys(place: str, leaves: Iterable[str]) -> str:
    """`counts/#` is counts and all below."""
    kinds = "|".join(leaf.removesuffix("/#") for leaf in leaves)
    return rf"^sampling\.v1\.{place}\.({kinds})(\..*)?$"
