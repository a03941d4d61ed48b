"""A far end that speaks enough MQTT to misbehave: it takes connections, answers CONNECT or not, and does as it is told.

From the standards, MQTT 3.1.1 and 5.0: CONNECT 3.1, CONNACK 3.2, PUBLISH 3.3, remaining length 2.2.3 (1.5.5).
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

Behaviour = Callable[[socket.socket], None]
PIECE = 16_384
_MQTT_5 = 5
_PUBLISH, _SUBSCRIBE, _PINGREQ, _DISCONNECT = 3, 8, 12, 14


class BadBroker:
    """Listens on the loop-back address; `behave` has each connection, and it is closed when that returns."""

    def __init__(self, behave: Behaviour, answer: bool = True) -> None:
        self._behave, self._answer = behave, answer
        self.connects: list[float] = []
        """When each connection came, monotonic s."""
        self.connect_packets: list[bytes] = []
        self._line: socket.socket | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="bad-broker", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # To close it would not wake who waits in accept().
        for each in (self._listener, self._line):
            with contextlib.suppress(OSError, AttributeError):
                each.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        self._listener.close()
        self._thread.join(10)

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                self.connects.append(time.monotonic())
                self._line = line
                with line, contextlib.suppress(OSError):
                    line.settimeout(10)
                    self._greet(line)
                    self._behave(line)

    def _greet(self, line: socket.socket) -> None:
        if not self._answer:
            return
        packet = read_packet(line)
        self.connect_packets.append(packet)
        # After the name "MQTT" with its length comes the level; of MQTT 5 an answer has properties, here none.
        line.sendall(b"\x20\x03\x00\x00\x00" if packet[6] == _MQTT_5 else b"\x20\x02\x00\x00")


def read_packet(line: socket.socket) -> bytes:
    """What stands behind the fixed header."""
    return _packet(line)[1]


def _packet(line: socket.socket) -> tuple[int, bytes]:
    """Its first byte, and what stands behind the fixed header."""
    first, size, shift = _exactly(line, 1)[0], 0, 0
    while True:
        byte = _exactly(line, 1)[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return first, _exactly(line, size)


def hang_up(_line: socket.socket) -> None:
    """At once."""


def reset(line: socket.socket) -> None:
    """As a machine does on which no broker runs any more."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def refuse(line: socket.socket) -> None:
    """Not authorised (MQTT 3.1.1: 3.2.2.3, 5; MQTT 5: 3.2.2.2, 0x87)."""
    line.sendall(b"\x20\x03\x00\x87\x00" if read_packet(line)[6] == _MQTT_5 else b"\x20\x02\x00\x05")


def talk_http(line: socket.socket) -> None:
    """As what listens on the port if it is no broker."""
    line.recv(PIECE)
    line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def say_nothing(line: socket.socket) -> None:
    """Takes what comes and answers nothing, until the other side hangs up."""
    while line.recv(PIECE):
        pass


def take_over(line: socket.socket) -> None:
    """As if another client had come with the same id (MQTT 5: 3.14.2.1, 0x8E)."""
    line.sendall(b"\xe0\x02\x8e\x00")


def deny_subscription(line: socket.socket) -> None:
    """Grants nothing of what is asked for (MQTT 3.1.1: 3.9.3, 0x80; MQTT 5: 3.9.3, 0x87), and takes the rest."""
    packet = read_packet(line)
    # MQTT 5 has properties between the packet's number and the first filter's length, here none.
    older, newer = _filters(packet[2:]), _filters(packet[3:])
    answer = packet[:2] + (b"\x80" * older if older else b"\x00" + b"\x87" * newer)
    line.sendall(b"\x90" + _length(len(answer)) + answer)
    say_nothing(line)


def _filters(data: bytes) -> int:
    """How many, each with its options; 0 if that is not what stands there."""
    at = found = 0
    while at < len(data):
        at += 2 + int.from_bytes(data[at : at + 2], "big") + 1
        found += 1
    return found if at == len(data) else 0


def publish_of(size: int, qos: int = 0) -> Behaviour:
    """Sends messages of so many bytes, in pieces, until the other side hangs up."""

    def behave(line: socket.socket) -> None:
        number = 0
        while True:
            number = number % 65_535 + 1
            for piece in _pieces(size, qos, number):
                line.sendall(piece)

    return behave


def _pieces(size: int, qos: int, number: int) -> Iterator[bytes]:
    start = b"\x00\x01t" + (number.to_bytes(2, "big") if qos else b"")
    yield bytes([0x30 | qos << 1]) + _length(len(start) + size) + start
    for at in range(0, size, PIECE):
        yield bytes(min(PIECE, size - at))


def _length(size: int) -> bytes:
    digits = bytearray()
    while True:
        size, digit = divmod(size, 128)
        digits.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(digits)


def _exactly(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = line.recv(size - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


def answer_with(reason: int) -> Behaviour:
    """Grants each subscription, and answers each message of QoS 1 with that reason (MQTT 5: 3.4.2.1)."""

    def behave(line: socket.socket) -> None:
        while True:
            first, packet = _packet(line)
            kind = first >> 4
            if kind == _SUBSCRIBE:
                answer = packet[:2] + b"\x00" + b"\x01" * _filters(packet[3:])
                line.sendall(b"\x90" + _length(len(answer)) + answer)
            elif kind == _PUBLISH:
                topic = int.from_bytes(packet[:2], "big")
                line.sendall(b"\x40\x03" + packet[2 + topic : 4 + topic] + bytes([reason]))
            elif kind == _PINGREQ:
                line.sendall(b"\xd0\x00")
            elif kind == _DISCONNECT:
                return

    return behave


def never_acknowledge(line: socket.socket) -> None:
    """Grants each subscription and answers each ping, and no message."""
    while True:
        first, packet = _packet(line)
        if first >> 4 == _SUBSCRIBE:
            older, newer = _filters(packet[2:]), _filters(packet[3:])
            answer = packet[:2] + (b"\x01" * older if older else b"\x00" + b"\x01" * newer)
            line.sendall(b"\x90" + _length(len(answer)) + answer)
        elif first >> 4 == _PINGREQ:
            line.sendall(b"\xd0\x00")
        elif first >> 4 == _DISCONNECT:
            return


def end_with(reason: int) -> Behaviour:
    """Ends the line with that reason (MQTT 5: 3.14.2.1), once the other side has said something."""

    def behave(line: socket.socket) -> None:
        read_packet(line)
        line.sendall(bytes([0xE0, 0x02, reason, 0x00]))

    return behave
