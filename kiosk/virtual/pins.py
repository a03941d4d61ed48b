"""Pins with a wire: gpiozero's mock pins in the daemon, and the board they are wired to in another process."""

import contextlib
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from gpiozero.pins.mock import MockFactory, MockPWMPin

_log = logging.getLogger(__name__)

ENVIRONMENT_KEY: Final = "KIOSK_VIRTUAL_PINS"
_RETRY_S: Final = 0.5


class WiredPin(MockPWMPin):  # type: ignore[misc]
    """A mock pin that tells the board each value it puts out, and takes the level the board drives."""

    def _set_function(self, value: str) -> None:
        super()._set_function(value)
        if value == "output":
            self._tell()

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        # A button that was held down before the daemon came is still held down.
        level = self.factory.driven.get(self._number)
        if level is not None:
            self.drive(level)

    def _change_state(self, value: float) -> bool:
        changed = bool(super()._change_state(value))
        if changed and self._function == "output":
            self._tell()
        return changed

    def drive(self, level: str) -> None:
        """The board drives the pin "low" or "high"; nothing happens while it is an output."""
        if self._function == "input":
            (self.drive_low if level == "low" else self.drive_high)()

    def _tell(self) -> None:
        self.factory.line.tell(self._number, float(self._state))


class WiredFactory(MockFactory):  # type: ignore[misc]
    """gpiozero pin factory `kiosk-virtual`: connects to the board at KIOSK_VIRTUAL_PINS, without it a plain mock."""

    def __init__(self) -> None:
        super().__init__(pin_class=WiredPin)
        self.driven: dict[int, str] = {}
        self.line = _Line(os.environ.get(ENVIRONMENT_KEY, ""), self._drive)
        self.line.open()

    def close(self) -> None:
        super().close()
        # gpiozero also calls close() on a factory whose constructor failed.
        line = getattr(self, "line", None)
        if line is not None:
            line.close()

    def _drive(self, number: int, level: str) -> None:
        self.driven[number] = level
        for info, pin in list(self.pins.items()):
            if info.name == f"GPIO{number}":
                pin.drive(level)


class _Line:
    """The daemon's end of the wire: sends values as they change, hands on what is driven, never fails or waits."""

    def __init__(self, path: str, drive: Callable[[int, str], None]) -> None:
        self._path = path
        self._drive = drive
        self._lock = threading.Lock()
        self._outputs: dict[int, bytes] = {}
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def open(self) -> None:
        if self._path:
            # The first attempt is made here, so that a board that is there sees the first change.
            self._thread = threading.Thread(target=self._run, args=(self._connect(),), name="virtual-pins", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            self._hang_up()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_RETRY_S)

    def tell(self, number: int, value: float) -> None:
        line = _line({"pin": number, "value": value, "at": time.monotonic()})
        with self._lock:
            self._outputs[number] = line
            self._send(line)

    def _run(self, peer: socket.socket | None) -> None:
        while not self._closing.is_set():
            if peer is not None:
                self._listen(peer)
                peer.close()
            self._closing.wait(_RETRY_S)
            peer = None if self._closing.is_set() else self._connect()
        if peer is not None:
            peer.close()

    def _connect(self) -> socket.socket | None:
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            peer.connect(self._path)
        except OSError:
            peer.close()
            return None
        with self._lock:
            self._socket = peer
            for line in self._outputs.values():
                self._send(line)
        return peer

    def _listen(self, peer: socket.socket) -> None:
        for message in _messages(peer):
            match message:
                case {"pin": int(number), "drive": "low" | "high" as level}:
                    self._drive_safely(number, level)
        with self._lock:
            self._hang_up()

    def _drive_safely(self, number: int, level: str) -> None:
        try:
            self._drive(number, level)
        except Exception:
            # It was raised by somebody's button handler; the wire goes on.
            _log.exception("a handler of pin %d failed", number)

    def _send(self, line: bytes) -> None:
        if self._socket is None:
            return
        try:
            # A board that does not read must not hold up the daemon: it is dropped and gets all values later.
            sent = self._socket.send(line, socket.MSG_DONTWAIT)
        except OSError:
            sent = 0
        if sent < len(line):
            self._hang_up()

    def _hang_up(self) -> None:
        peer, self._socket = self._socket, None
        if peer is not None:
            # Wakes the listening thread, which then closes the socket.
            _shut(peer)


class PinChange(NamedTuple):
    """An output pin has a new value since `at`, monotonic s of the daemon (one clock for the whole machine)."""

    pin: int
    value: float
    at: float


class PinBoard:
    """Lamps and buttons at the far end: listens on the Unix socket `path` for one daemon after another.

    `on_change` is called for each change in the board's thread. Buttons are active-low, with a pull-up. As with the
    Pi's own pins, a value stays when the process that put it out has ended, however it did.
    """

    def __init__(self, path: Path, on_change: Callable[[PinChange], None] | None = None) -> None:
        self.path = path
        self.on_change = on_change
        self.values: dict[int, float] = {}
        self.changes: list[PinChange] = []
        self._news = threading.Condition()
        self._driven: dict[int, str] = {}
        self._listener: socket.socket | None = None
        self._peers: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    @property
    def connected(self) -> bool:
        """Whether a daemon's pins are wired to the board."""
        return bool(self._peers)

    def start(self) -> None:
        """Listens until stop(); a socket file left by a dead board is replaced."""
        if self._listener is not None:
            return
        self.path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._spawn(self._accept, self._listener)

    def stop(self) -> None:
        """Hangs up and removes the socket; values and changes stay."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        self.path.unlink(missing_ok=True)
        listener.shutdown(socket.SHUT_RDWR)
        with self._news:
            for peer in self._peers:
                _shut(peer)
        while self._threads:
            self._threads.pop().join()
        listener.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def wait_for(self, predicate: Callable[[dict[int, float]], bool], timeout: float) -> bool:
        """Whether `predicate` of the values became true within `timeout` s; asked again at every change."""
        with self._news:
            return self._news.wait_for(lambda: predicate(self.values), timeout)

    def wait_connected(self, timeout: float) -> bool:
        """Whether a daemon's pins are wired to the board within `timeout` s."""
        return self.wait_for(lambda _: self.connected, timeout)

    def press(self, pin: int, seconds: float = 0.1) -> None:
        """A finger on the button for `seconds`."""
        self.drive(pin, "low")
        time.sleep(seconds)
        self.drive(pin, "high")

    def drive(self, pin: int, level: str) -> None:
        """Drives an input pin "low" or "high", also of a daemon that comes later."""
        with self._news:
            self._driven[pin] = level
            for peer in self._peers:
                _send_level(peer, pin, level)

    def _spawn(self, work: Callable[[socket.socket], None], argument: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(argument,), name="pin-board", daemon=True)
        # Started first: stop() may come in between, and waits for what stands in the list.
        thread.start()
        self._threads.append(thread)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self._news:
                if self._listener is None:
                    peer.close()
                    return
                self._peers.add(peer)
                for pin, level in self._driven.items():
                    _send_level(peer, pin, level)
                self._news.notify_all()
            self._spawn(self._serve, peer)

    def _serve(self, peer: socket.socket) -> None:
        for message in _messages(peer):
            match message:
                case {"pin": int(pin), "value": int() | float() as value, "at": int() | float() as at}:
                    self._note(PinChange(pin, float(value), float(at)))
        with self._news:
            self._peers.discard(peer)
            self._news.notify_all()
        peer.close()

    def _note(self, change: PinChange) -> None:
        with self._news:
            # A daemon that reconnects tells all its values again; that is no change.
            if self.values.get(change.pin) == change.value:
                return
            self.values[change.pin] = change.value
            self.changes.append(change)
            self._news.notify_all()
        if self.on_change is not None:
            self.on_change(change)


def _send_level(peer: socket.socket, pin: int, level: str) -> None:
    with contextlib.suppress(OSError):
        peer.send(_line({"pin": pin, "drive": level}), socket.MSG_DONTWAIT)


def _shut(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _messages(peer: socket.socket) -> Iterator[dict[str, Any]]:
    """JSON lines from `peer` until it goes away; lines that are no JSON object are passed over."""
    pending = b""
    while True:
        try:
            data = peer.recv(4096)
        except OSError:
            return
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                if isinstance(message, dict):
                    yield message
