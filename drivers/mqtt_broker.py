"""The line to an MQTT broker through paho-mqtt: MQTT 5, or 3.1.1 where the broker knows no better.

The client's loop runs in the caller's thread. Nothing is queued here: what has no PUBACK is the outbox's business.
decisions: Messages
"""

import contextlib
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, cast

from drivers.leaving_out import leaving_out
from drivers.waking import Waker

with leaving_out({"urllib.request": {}}):
    # For proxies, by PySocks.
    import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from kiosk.frozen import dataclass
from kiosk.ports import DeviceAbsent, DeviceBusy, DeviceError, DeviceGone, DeviceSilent, Message

HANDSHAKE_S, ANSWER_S = 20.0, 15.0
"""Of TLS, and from CONNECT to CONNACK: a broker to which all kiosks of a county come back at once owes them that long,
and who gives up sooner costs it another handshake. Some 3.1.1 brokers say nothing at all to an MQTT 5 client."""
KEEP_ALIVE_S = 30
LARGEST_BYTES = 1 << 17
"""Of a packet that comes in; a broker that sends a larger one is left."""
MOST_HEARD_BYTES = 1 << 25
"""Kept until it is asked for; a broker that says more meanwhile is left."""
NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME (X509_VERIFY_PARAM_set_flags(3)), which Python does not name."""
FAILURE = 0x80
"""MQTT 5, 3.9.3, and 3.1.1, 3.9.3: reason codes from here on are refusals."""
TAKEN_OVER = 0x8E
"""MQTT 5, 2.4: Session taken over."""
WINDOW = 20
"""So many messages wait for their PUBACK at a time, fewer where the broker says so (MQTT 5, 3.2.2.3.3)."""
UNSUPPORTED_PROTOCOL = frozenset({1, 0x84})
"""MQTT 3.1.1, 3.2.2.3, and MQTT 5, 3.2.2.2."""
_PROTOCOLS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


@dataclass(frozen=True, slots=True)
class BrokerLine:
    """Where the broker is and how to speak to it; `protocol` is `auto`, `5` or `3.1.1`."""

    host: str
    port: int
    client_id: str
    protocol: str = "auto"
    ca_file: str | None = None
    certificate: str | None = None
    key: str | None = None


def _close_made(error: BaseException) -> None:
    """What `wrap_socket` had made when it failed holds the line by then, and only its own frame knows it."""
    step = error.__traceback__
    while step is not None:
        made = step.tb_frame.f_locals.get("self")
        if isinstance(made, ssl.SSLSocket):
            made.close()
        step = step.tb_next


def _judge_by_floor(line: ssl.SSLSocket, floor_s: float) -> None:
    """Whether its certificate has ended by then for certain; when it began nobody can know. Raises ssl.SSLError."""
    ends = (line.getpeercert() or {}).get("notAfter")
    if not isinstance(ends, str) or ssl.cert_time_to_seconds(ends) < floor_s:
        raise ssl.SSLError(f"its certificate ended on {ends}, and it is later than that, whatever the clock says")


class _Client(mqtt.Client):
    """paho's, which reads whatever length a packet says it has, and keeps each of QoS 2 until it is released."""

    def __init__(self, client_id: str, protocol: MQTTProtocolVersion) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=protocol)
        self.fault = ""
        """Why it was us who hung up."""
        self.floor_s: float | None = None
        """No earlier is it now (Unix time), where no clock tells the time."""

    def _sock_recv(self, bufsize: int) -> bytes:
        """paho asks for all that is left of a packet."""
        if bufsize > LARGEST_BYTES:
            self.fault = f"sent a packet of {bufsize} bytes, more than {LARGEST_BYTES}"
            raise ConnectionAbortedError(self.fault)
        return super()._sock_recv(bufsize)

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        """paho leaves the socket of a handshake that fails to the garbage collector."""
        context = cast("ssl.SSLContext", self._ssl_context)
        try:
            # What was reset already would be lost in wrap_socket.
            tcp_sock.getpeername()
            line = context.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        except BaseException as error:
            _close_made(error)
            tcp_sock.close()
            raise
        try:
            line.settimeout(HANDSHAKE_S)
            line.do_handshake()
            if self.floor_s is not None:
                _judge_by_floor(line, self.floor_s)
        except BaseException:
            line.close()
            raise
        return line

    def let_go(self) -> None:
        """Gives all descriptors back now; paho does so when the garbage collector comes by."""
        self._reset_sockets()

    def _send_pubrec(self, mid: int) -> MQTTErrorCode:  # noqa: ARG002 - paho's signature
        self.fault = "sent a message of QoS 2, to which nobody has subscribed"
        return MQTTErrorCode.MQTT_ERR_PROTOCOL


class MqttBroker:
    """A Broker over paho-mqtt."""

    def __init__(self, line: BrokerLine, floor_s: Callable[[], float | None] = lambda: None) -> None:
        """`floor_s`: no earlier is it now (Unix time), where no clock tells the time; None where one does."""
        self._line, self._floor_s = line, floor_s
        self._client: _Client | None = None
        self._answer: int | None = None
        self._words = ""
        self._ended: DeviceGone | None = None
        """How the broker ended the connection, if it said so."""
        self._waiting: dict[int, Message] = {}
        self._to_send: deque[Message] = deque()
        self._window = WINDOW
        self._done: list[Message] = []
        self._refused: list[tuple[Message, str]] = []
        self._hears: Sequence[str] = ()
        self._heard: dict[str, bytes] = {}
        """By topic; the newest."""
        self._heard_bytes = 0
        self._denied: frozenset[str] = frozenset()
        self._recalls: Sequence[str] = ()
        self._of_others: Sequence[str] = ()
        self._recalled = False
        self._subscription: int | None = None
        self._protocol = ""
        self._waker = Waker()
        self._protocols = ["5", "3.1.1"] if line.protocol == "auto" else [line.protocol]

    def open(
        self, will: Message, hears: Sequence[str] = (), recalls: Sequence[str] = (), of_others: Sequence[str] = ()
    ) -> None:
        self._hears, self._recalls, self._of_others = hears, recalls, of_others
        *_, last = self._protocols
        for protocol in self._protocols:
            self._protocol = protocol
            try:
                self._connect(will, _PROTOCOLS[protocol])
            except DeviceError as error:
                knows_no_better = self._answer is None or self._answer in UNSUPPORTED_PROTOCOL
                self.close()
                if protocol == last or isinstance(error, DeviceAbsent) or not knows_no_better:
                    raise
            else:
                return

    def publish(self, message: Message) -> None:
        self._connected()
        self._to_send.append(message)
        self._send()

    def _send(self) -> None:
        client = self._connected()
        while self._to_send and len(self._waiting) < self._window:
            message = self._to_send.popleft()
            info = client.publish(message.topic, message.payload, qos=1, retain=message.retain)
            if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise DeviceGone(f"{self._name}: {self._not_taken('a message', info.rc)}")
            self._waiting[info.mid] = message

    def acknowledged(self, timeout: float) -> list[Message]:
        self._turn(self._connected(), timeout)
        self._send()
        done, self._done = self._done, []
        return done

    def refused(self) -> list[tuple[Message, str]]:
        refused, self._refused = self._refused, []
        return refused

    def heard(self) -> list[tuple[str, bytes]]:
        heard, self._heard, self._heard_bytes = self._heard, {}, 0
        return list(heard.items())

    def leave(self, hears: str) -> None:
        code, _ = self._connected().unsubscribe(hears)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceGone(f"{self._name}: did not take that we hear {hears} no more ({mqtt.error_string(code)})")

    @property
    def recalled(self) -> bool:
        return self._recalled

    @property
    def denied(self) -> frozenset[str]:
        return self._denied

    @property
    def protocol(self) -> str:
        return self._protocol

    def wake(self) -> None:
        self._waker.wake()

    def hang_up(self) -> None:
        """Without a word, as a pulled cable does: the broker says the will."""
        client, self._client = self._client, None
        if client is not None:
            client.let_go()

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.disconnect()
                client.loop(0.1)
            finally:
                client.let_go()
        self._forget()
        self.heard()

    def _forget(self) -> None:
        self._waiting.clear()
        self._to_send.clear()
        self._refused.clear()

    def _connect(self, will: Message, protocol: MQTTProtocolVersion) -> None:
        line = self._line
        client = _Client(line.client_id, protocol)
        client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.on_connect, client.on_publish = self._on_connect, self._on_publish
        client.on_disconnect, client.on_message = self._on_disconnect, self._on_message
        client.on_subscribe = self._on_subscribe
        self._client, self._answer, self._ended = client, None, None
        self._denied, self._window, self._recalled = frozenset(), WINDOW, False
        self._forget()
        try:
            self._encrypt(client)
            client.connect(line.host, line.port, keepalive=KEEP_ALIVE_S, properties=_asked_for(protocol))
        except (ssl.SSLError, ConnectionResetError, ConnectionAbortedError, ValueError) as error:
            raise DeviceGone(f"{self._name}: {error}") from error
        except OSError as error:
            raise DeviceAbsent(f"{self._name}: {error}") from error
        self._greeted(client)
        if self._hears:
            self._subscribe(client)

    def _subscribe(self, client: _Client) -> None:
        """A broker that does not let us hear says so later (`denied`), or never: we are served all the same. It answers
        one after the other: with its answer to the second all has come that stood there for the first, as nothing of
        that waits at QoS 0."""
        if self._recalls:
            client.subscribe([(each, 0) for each in self._recalls])
        code, self._subscription = client.subscribe([(each, self._how(each)) for each in self._hears])
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceGone(f"{self._name}: {self._not_taken('a subscription', code)}")

    def _how(self, hears: str) -> Any:
        """MQTT 5, 3.8.3.1: No Local. The older protocol has a QoS alone."""
        return SubscribeOptions(1, noLocal=hears in self._of_others) if self._protocol == "5" else 1

    def _encrypt(self, client: _Client) -> None:
        line = self._line
        if line.ca_file is None:
            return
        try:
            # Not create_default_context: from Python 3.13 on it refuses what many an office's authority has made.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(line.ca_file)
            if line.certificate is not None:
                context.load_cert_chain(line.certificate, line.key)
            client.floor_s = self._floor_s()
            if client.floor_s is not None:
                context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
            client.tls_set_context(context)
        except OSError as error:
            files = ", ".join(filter(None, (line.ca_file, line.certificate, line.key)))
            raise DeviceGone(f"broker: one of {files} cannot be used: {error}") from error

    def _greeted(self, client: _Client) -> None:
        end = time.monotonic() + ANSWER_S
        while self._answer is None and time.monotonic() < end:
            self._turn(client, 0.1)
        if self._answer is None:
            raise DeviceSilent(f"{self._name}: no answer to CONNECT")
        if self._answer != 0:
            raise DeviceGone(f"{self._name}: refused the connection: {self._words}")

    def _turn(self, client: _Client, timeout: float) -> None:
        self._wait(client, timeout)
        code = client.loop(0)
        if self._ended is not None:
            raise self._ended
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceGone(f"{self._name}: {client.fault or self._why(code)}")

    def _wait(self, client: _Client, timeout: float) -> None:
        """Until the socket has something for us, or takes what is owed to it, or somebody wakes us."""
        line: Any = client.socket()
        if line is not None and not (hasattr(line, "pending") and line.pending()):
            # paho's own loop would look ten times a second and nobody could end its wait.
            with contextlib.suppress(OSError, ValueError):
                select.select([line, self._waker], [line] if client.want_write() else [], [], timeout)
        self._waker.heard()

    def _why(self, code: MQTTErrorCode) -> str:
        """Not every broker says that it gave our line to another client: mosquitto 2.0.11 just hangs up."""
        words = mqtt.error_string(code)
        if code is MQTTErrorCode.MQTT_ERR_CONN_LOST and self._answer == 0:
            words += f" If that goes on, look for another kiosk that goes by our name, {self._line.client_id}"
        return words

    def _not_taken(self, what: str, code: MQTTErrorCode) -> str:
        """Where nobody is there any more it was not what we said that was wrong."""
        if code in (MQTTErrorCode.MQTT_ERR_CONN_LOST, MQTTErrorCode.MQTT_ERR_NO_CONN):
            return self._why(MQTTErrorCode.MQTT_ERR_CONN_LOST)
        return f"did not take {what} ({mqtt.error_string(code)})"

    @property
    def _name(self) -> str:
        return f"broker {self._line.host}:{self._line.port}"

    def _connected(self) -> _Client:
        if self._client is None:
            raise DeviceGone("broker: not open")
        return self._client

    def _on_connect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, properties: Any) -> None:
        self._answer, self._words = reason.value, str(reason)
        self._window = min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW))

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if not flags.is_disconnect_packet_from_server:
            return
        if reason.value == TAKEN_OVER:
            # Somebody set up two kiosks with one point and kiosk id, or started one twice.
            text = f"{self._name}: another client goes by our name, {self._line.client_id}, and took the line over"
            self._ended = DeviceBusy(text)
        else:
            self._ended = DeviceGone(f"{self._name}: ended the connection ({reason})")

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        self._heard_bytes += len(message.topic) + len(message.payload) - len(self._heard.get(message.topic, b""))
        if self._heard_bytes > MOST_HEARD_BYTES:
            self._ended = DeviceGone(f"{self._name}: said more than {MOST_HEARD_BYTES} bytes at once")
            return
        self._heard[message.topic] = bytes(message.payload)

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, mid: int, reasons: Any, _properties: Any) -> None:
        if mid != self._subscription:
            return
        self._recalled = True
        if self._recalls:
            self._connected().unsubscribe(list(self._recalls))
        answers = zip(self._hears, reasons, strict=False)
        self._denied = frozenset(each for each, reason in answers if reason.value >= FAILURE)

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        message = self._waiting.pop(mid, None)
        if message is None:
            return
        if reason.value < FAILURE:
            self._done.append(message)
        else:
            self._refused.append((message, str(reason)))


def _asked_for(protocol: MQTTProtocolVersion) -> Properties | None:
    """MQTT 5 lets us say it (3.1.2.11.4); an older broker, or one that does not heed it, is held to it all the same."""
    if protocol is not MQTTProtocolVersion.MQTTv5:
        return None
    asked = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    asked.MaximumPacketSize = LARGEST_BYTES
    return asked
