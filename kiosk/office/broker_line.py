"""The office's line to a broker: hears topics, acknowledges when told to, and says a message of its own. MQTT 5 alone.

Everything happens in the caller's thread. decisions: The district
"""

import secrets
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from kiosk.frozen import dataclass

ANSWER_S = 30.0
"""From CONNECT to CONNACK, and from SUBSCRIBE to SUBACK where nothing else comes."""
TURN_S = 0.2
KEEP_ALIVE_S = 30
FENCE = "sampling/fence"
"""Ours; each line has a topic there."""
LARGEST_BYTES = 1 << 20
"""Of a packet that comes in; a broker that sends a larger one is left."""
MOST_AT_ONCE = 2_000
"""So many messages are given at a time, that whoever reads shows something meanwhile."""
FAILURE = 0x80
"""MQTT 5, 2.4: reason codes from here on are refusals."""
FOR_EVER = 0xFFFFFFFF
"""MQTT 5, 3.1.2.11.2: the session does not expire."""


class LineError(Exception):
    """The broker is not there, refuses, or has ended the line; says which, and what it said."""


@dataclass(frozen=True, slots=True)
class BrokerAt:
    """Where the broker is, and as whom one comes to it."""

    host: str
    port: int
    client_id: str
    ca: Path | None = None
    """TLS where it is given."""
    certificate: Path | None = None
    key: Path | None = None
    user: str | None = None
    password: str | None = None

    def __str__(self) -> str:
        return f"broker {self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A message; `retained` if it stood there when we came."""

    topic: str
    payload: bytes
    retained: bool
    mid: int = 0
    qos: int = 0


class _Client(mqtt.Client):
    """paho's, which reads whatever length a packet says it has. `fault` is what it was left for."""

    fault = ""

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > LARGEST_BYTES:
            self.fault = f"sent a packet of {bufsize} bytes, more than {LARGEST_BYTES}"
            raise ConnectionAbortedError(self.fault)
        return super()._sock_recv(bufsize)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """paho leaves the socket of a handshake that fails to the garbage collector."""
        context = cast("ssl.SSLContext", self._ssl_context)
        line = context.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            line.settimeout(self._connect_timeout)
            line.do_handshake()
        except BaseException:
            line.close()
            raise
        return line


class BrokerLine:
    """A line to the broker. `durable`: the broker keeps what comes while we are away, and each message until it is
    acknowledged by `acknowledge`."""

    def __init__(self, at: BrokerAt, hears: Sequence[str], qos: int = 0, durable: bool = False) -> None:
        self._at, self._hears, self._qos, self._durable = at, tuple(hears), qos, durable
        self._client: _Client | None = None
        self._heard: deque[Heard] = deque()
        self._taken: dict[int, int] = {}
        """Reason codes of what the broker has acknowledged, by packet."""
        self._subscribed: set[int] = set()
        self._fence, self._said, self._again = -1, -1, -1
        self._token = b""
        """Of the message that we say behind all that stands there; empty once it has come back."""
        self._answer: int | None = None
        self._words = ""

    def open(self) -> None:
        """Raises LineError."""
        self.close()
        at = self._at
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=at.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=self._durable,
        )
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message, client.on_publish, client.on_subscribe = (
            self._on_message,
            self._on_publish,
            self._on_subscribe,
        )
        self._client, self._answer, self._words = client, None, ""
        try:
            _encrypt(client, at)
            if at.user is not None:
                client.username_pw_set(at.user, at.password)
            client.connect(at.host, at.port, KEEP_ALIVE_S, clean_start=not self._durable, properties=self._asked())
        except (OSError, ValueError, ssl.SSLError) as error:
            self.close()
            raise LineError(f"{at}: {_why(error)}") from error
        self._greeted()
        self._subscribe(client)

    def read(self, timeout: float) -> list[Heard]:
        """What has come, within `timeout` seconds. Raises LineError."""
        if not self._heard:
            self._turn(timeout)
        return [self._heard.popleft() for _ in range(min(len(self._heard), MOST_AT_ONCE))]

    def whole(self) -> Iterator[list[Heard]]:
        """All that stood at the broker when we came, as it is read. Raises LineError, also if the broker says nothing
        for long before that is all."""
        end = time.monotonic() + ANSWER_S
        while not self.is_whole:
            heard = self.read(TURN_S)
            if heard:
                end = time.monotonic() + ANSWER_S
            elif time.monotonic() > end:
                raise LineError(
                    f"{self._at}: has said nothing for {ANSWER_S:.0f} s, and not told all that stands there"
                )
            yield heard

    @property
    def is_whole(self) -> bool:
        """Whether all that stood at the broker when we came has been read."""
        return self._fence in self._subscribed and not self._token and not self._heard

    def tell_again(self, hears: Sequence[str]) -> None:
        """All that stands there is told once more, at QoS 0, until `leave`. Raises LineError."""
        client = self._connected()
        client.subscribe([(each, SubscribeOptions(0)) for each in hears])
        _, mid = client.subscribe(f"{FENCE}/{self._at.client_id}/again", 0)
        self._again = -1 if mid is None else mid

    @property
    def is_told_again(self) -> bool:
        """Whether all of that has been read."""
        return self._again in self._subscribed and not self._heard

    def leave(self, hears: Sequence[str]) -> None:
        """Hears them no more. Raises LineError."""
        self._connected().unsubscribe(list(hears))

    def acknowledge(self, heard: Iterable[Heard]) -> None:
        """The broker may forget them. Raises LineError."""
        for each in heard:
            if each.qos:
                self._connected().ack(each.mid, each.qos)

    def publish(self, topic: str, payload: bytes, timeout: float = ANSWER_S) -> None:
        """Retained, and there when it returns. Raises LineError, also if the broker refuses it."""
        for reason in self.publish_all([(topic, payload)], timeout).values():
            raise LineError(
                f"{self._at}: refused {topic}, reason 0x{reason:02X}: see to the rights of {self._at.client_id}"
            )

    def publish_all(self, messages: Iterable[tuple[str, bytes]], timeout: float = ANSWER_S) -> dict[str, int]:
        """Each retained, and there when it returns but for those that the broker refuses, with its reason. `timeout`
        seconds may pass from one answer to the next. Raises LineError."""
        client = self._connected()
        waiting = {client.publish(topic, payload, qos=1, retain=True).mid: topic for topic, payload in messages}
        refused: dict[str, int] = {}
        end = time.monotonic() + timeout
        while waiting:
            self._turn(0.1)
            for mid in waiting.keys() & self._taken.keys():
                end = time.monotonic() + timeout
                topic, reason = waiting.pop(mid), self._taken.pop(mid)
                if reason >= FAILURE:
                    refused[topic] = reason
            if time.monotonic() > end:
                raise LineError(f"{self._at}: no acknowledgement of {min(waiting.values())} within {timeout:.0f} s")
        return refused

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop(0.1)
            client._reset_sockets()  # noqa: SLF001 - else its descriptors live until the garbage collector comes by
        self._heard.clear()
        self._taken.clear()
        self._subscribed.clear()
        self._fence, self._said, self._again, self._token = -1, -1, -1, b""

    def _asked(self) -> Properties:
        asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        asked.MaximumPacketSize = LARGEST_BYTES
        if self._durable:
            asked.SessionExpiryInterval = FOR_EVER
        return asked

    def _greeted(self) -> None:
        self._until(lambda: self._answer is not None, "no answer to CONNECT")
        if self._answer != 0:
            words = self._words
            self.close()
            raise LineError(f"{self._at}: refused the connection: {words}")

    def _subscribe(self, client: _Client) -> None:
        """A broker answers one after the other: once it has answered a second subscription, it has said all that stood
        there for the first. At QoS 1 it has said only what Receive Maximum lets it, and the rest waits: a message of
        our own comes behind that. Where it has kept our session it does not say all that again (MQTT 5, 3.8.3.1)."""
        if not self._hears:
            return
        kept = SubscribeOptions(self._qos, retainHandling=int(self._durable))
        client.subscribe([(each, kept) for each in self._hears])
        fence = f"{FENCE}/{self._at.client_id}"
        _, mid = client.subscribe(fence, self._qos)
        self._fence = -1 if mid is None else mid
        if self._qos:
            self._token = secrets.token_bytes(8)
            self._said = client.publish(fence, self._token, qos=1).mid

    def _until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + ANSWER_S
        while not is_so():
            self._turn(0.1)
            if time.monotonic() > end:
                self.close()
                raise LineError(f"{self._at}: {otherwise}")

    def _turn(self, timeout: float) -> None:
        client = self._connected()
        try:
            code = client.loop(timeout)
        except (OSError, ValueError) as error:
            raise LineError(f"{self._at}: {error}") from error
        if self._answer not in (None, 0):
            return
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS or (self._words and self._answer == 0):
            raise LineError(f"{self._at}: {self._words or client.fault or mqtt.error_string(code)}")

    def _connected(self) -> _Client:
        if self._client is None:
            raise LineError(f"{self._at}: not open")
        return self._client

    def _on_connect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._answer = reason.value
        self._words = "" if reason.value == 0 else str(reason)

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if flags.is_disconnect_packet_from_server:
            self._words = f"ended the connection: {reason}"

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.topic == f"{FENCE}/{self._at.client_id}":
            self._passed(message)
        else:
            self._heard.append(Heard(message.topic, bytes(message.payload), message.retain, message.mid, message.qos))

    def _passed(self, message: mqtt.MQTTMessage) -> None:
        """In a session that was kept, the fence of an earlier line may come first."""
        if message.payload == self._token:
            self._token = b""
        if self._durable and message.qos:
            self._connected().ack(message.mid, message.qos)

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        self._taken[mid] = reason.value
        if mid == self._said and reason.value >= FAILURE:
            self._words = f"does not let {self._at.client_id} write {FENCE}/#, and so we cannot know when all was said"

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, mid: int, reasons: Any, _properties: Any) -> None:
        self._subscribed.add(mid)
        denied = [each for each, reason in zip(self._hears, reasons, strict=False) if reason.value >= FAILURE]
        if mid != self._fence and denied:
            self._words = f"does not let {self._at.client_id} hear {', '.join(denied)}"


def _encrypt(client: _Client, at: BrokerAt) -> None:
    """Raises LineError for files that hold nothing of the kind."""
    if at.ca is None:
        return
    try:
        client.tls_set(str(at.ca), _text(at.certificate), _text(at.key))
    except (OSError, ValueError) as error:
        own = ", ".join(filter(None, map(_text, (at.ca, at.certificate, at.key))))
        raise LineError(f"one of {own} is no certificate or key, or not of the other ({error})") from error


def _why(error: Exception) -> str:
    """With what to look at, where that is known."""
    match error:
        case ConnectionRefusedError():
            return f"{error}: nobody listens there. Does the broker run, and is it that port?"
        case socket.gaierror():
            return f"{error}: no machine of that name is known here"
        case TimeoutError():
            return f"{error}: nobody answers there. Is it that address, and does a firewall let it through?"
        case _:
            return str(error)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
