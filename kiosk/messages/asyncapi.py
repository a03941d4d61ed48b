"""The contract with the centre as an AsyncAPI 3.0 document; its schemas come from the types of `messages`."""

from typing import Any

from pydantic import TypeAdapter

from kiosk.messages import BELOW, KINDS, Address, Stamp

VERSION = "1.0.0"
_LEVELS = ("region", "round", "point", "kiosk")


def document() -> dict[str, Any]:
    """The whole document, ready for JSON."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Sampling kiosk", "version": VERSION, "description": "What each kiosk tells the centre."},
        "defaultContentType": "application/json",
        "channels": {leaf: _channel(leaf) for leaf in KINDS},
        "operations": {
            f"tell-{leaf}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{leaf}"},
                "bindings": {"mqtt": {"qos": 1, "retain": True}},
            }
            for leaf in KINDS
        },
        "components": {"schemas": {leaf: schema(kind) for leaf, kind in KINDS.items()}},
    }


def schema(kind: type[Stamp]) -> dict[str, Any]:
    """The JSON schema of one kind of message; a field that it does not name is a fault."""
    found = TypeAdapter(kind).json_schema()
    fields = {name: _untitled(field) for name, field in found["properties"].items()}
    return _untitled(found) | {"properties": fields, "additionalProperties": False}


def _untitled(part: dict[str, Any]) -> dict[str, Any]:
    """Titles only repeat the names."""
    return {key: value for key, value in part.items() if key != "title"}


def _channel(leaf: str) -> dict[str, Any]:
    below = BELOW.get(leaf, ())
    address = Address(*(f"{{{level}}}" for level in _LEVELS)).topic(
        "/".join((leaf, *(f"{{{word}}}" for word in below)))
    )
    payload = {"$ref": f"#/components/schemas/{leaf}"}
    return {
        "address": address,
        "parameters": {
            **{level: {"description": f"the {level}, a-z 0-9 and - only"} for level in _LEVELS},
            **{word: {"description": f"the {word} of one of them"} for word in below},
        },
        "messages": {leaf: {"summary": _first_line(KINDS[leaf].__doc__), "payload": payload}},
    }


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0]
