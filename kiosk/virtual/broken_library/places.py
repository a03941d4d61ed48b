"""Where a driver of each kind calls its library: which functions are broken to break a call of the device."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import evdev
import gpiozero
import paho.mqtt.client as mqtt
import serial

LONG = 40
"""Bytes. A slip is longer, a question to a printer is not."""
EVENT_S = 0.02


@dataclass(frozen=True, slots=True)
class Broken:
    """A function by its owner, a class or a module, and with which arguments it is broken."""

    owner: Any
    name: str
    matters: Callable[..., bool] = lambda *_: True
    after: bool = False
    """The real call is made first, and then it misbehaves."""


Place = tuple[Broken, ...]


def _is_slip(_fd: int, data: bytes, *_: object) -> bool:
    return len(data) > LONG


def _is_question(_fd: int, data: bytes, *_: object) -> bool:
    return len(data) <= LONG


_STATUS, _PRINT = Broken(os, "write", _is_question), Broken(os, "write", _is_slip)
_SERIAL_OPEN, _SERIAL_CLOSE = Broken(serial.Serial, "open"), Broken(serial.Serial, "close", after=True)
_LAMPS = [Broken(gpiozero.DigitalOutputDevice, name) for name in ("on", "off", "blink")]
_SERIAL_SCANNER: Mapping[str, Place] = {
    "open": (_SERIAL_OPEN,),
    "read": (Broken(serial.Serial, "read"),),
    "close": (_SERIAL_CLOSE,),
}

PLACES: Mapping[str, Mapping[str, Place]] = {
    "serial": _SERIAL_SCANNER,
    "id-card": _SERIAL_SCANNER,
    "hid": {
        "open": (Broken(evdev.InputDevice, "__init__"),),
        "read": (Broken(evdev.InputDevice, "read"),),
        "close": (Broken(evdev.InputDevice, "close", after=True),),
    },
    "printer-serial": {"open": (_SERIAL_OPEN,), "status": (_STATUS,), "print": (_PRINT,), "close": (_SERIAL_CLOSE,)},
    "printer-usb": {
        "open": (Broken(os, "open"),),
        "status": (_STATUS,),
        "print": (_PRINT,),
        "close": (Broken(os, "close", after=True),),
    },
    "printer-tcp": {
        "open": (Broken(socket, "getaddrinfo"),),
        "status": (_STATUS,),
        "print": (_PRINT,),
        "close": (Broken(socket.socket, "close", after=True),),
    },
    "panel": {
        "open": (Broken(gpiozero.DigitalOutputDevice, "__init__"),),
        "show": tuple(_LAMPS),
        "close": (Broken(gpiozero.DigitalOutputDevice, "close", after=True),),
    },
    "broker": {
        "open": (Broken(mqtt.Client, "connect"),),
        "publish": (Broken(mqtt.Client, "publish"),),
        "hear": (Broken(mqtt.Client, "loop"),),
        "close": (Broken(mqtt.Client, "disconnect", after=True),),
    },
}
"""By the kind of the device and its call."""


@contextlib.contextmanager
def stand_in_for_evdev() -> Iterator[None]:
    """An input device where the kernel has none: it always has something to say, of which nothing is a key."""
    real = {name: getattr(evdev.InputDevice, name) for name in ("__init__", "grab", "set_led", "read")}
    quiet = SimpleNamespace(type=0, code=0, value=0)

    def begin(self: Any, _path: str) -> None:
        self.fd, kept = os.pipe()
        os.write(kept, b"\0")
        os.close(kept)

    def read(_self: Any) -> list[SimpleNamespace]:
        time.sleep(EVENT_S)
        return [quiet]

    instead: dict[str, Callable[..., object]] = {
        "__init__": begin,
        "grab": lambda _: None,
        "set_led": lambda *_: None,
        "read": read,
    }
    for name, worse in instead.items():
        setattr(evdev.InputDevice, name, worse)
    yield
    for name, before in real.items():
        setattr(evdev.InputDevice, name, before)
