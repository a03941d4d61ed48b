"""The line to an MQTT broker through paho-mqtt: MQTT 5, or 3.1.1 where the broker knows no better.

The client's loop runs in the caller's thread. Nothing is queued here: what has no PUBACK is the outbox's business.
"""

import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from kiosk.ports import DeviceError, DeviceGone, DeviceSilent, Message

ANSWER_S = 3.0
"""From CONNECT to CONNACK; some 3.1.1 brokers say nothing at all to an MQTT 5 client."""
KEEP_ALIVE_S = 30
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


class MqttBroker:
    """A Broker over paho-mqtt."""

    def __init__(self, line: BrokerLine) -> None:
        self._line = line
        self._client: mqtt.Client | None = None
        self._answer: int | None = None
        self._waiting: dict[int, Message] = {}
        self._done: list[Message] = []
        self._protocols = ["5", "3.1.1"] if line.protocol == "auto" else [line.protocol]

    def open(self, will: Message) -> None:
        failure: DeviceError = DeviceGone("broker: not tried")
        for protocol in self._protocols:
            try:
                self._connect(will, _PROTOCOLS[protocol])
            except DeviceError as error:
                failure = error
                self.close()
            else:
                # What worked once is tried first when the line comes back.
                self._protocols.sort(key=lambda each: each != protocol)
                return
        raise failure

    def publish(self, message: Message) -> None:
        client = self._connected()
        info = client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceGone(f"broker: did not take a message ({mqtt.error_string(info.rc)})")
        self._waiting[info.mid] = message

    def acknowledged(self, timeout: float) -> list[Message]:
        self._turn(self._connected(), timeout)
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop(0.1)
        self._waiting.clear()

    def _connect(self, will: Message, protocol: MQTTProtocolVersion) -> None:
        line = self._line
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=line.client_id, protocol=protocol)
        client.will_set(will.topic, will.payload, qos=1, retain=will.retain)
        client.on_connect, client.on_publish = self._on_connect, self._on_publish
        self._client, self._answer = client, None
        self._waiting.clear()
        try:
            self._encrypt(client)
            client.connect(line.host, line.port, keepalive=KEEP_ALIVE_S)
        except (OSError, socket.gaierror, ssl.SSLError, ValueError) as error:
            raise DeviceGone(f"broker {line.host}:{line.port}: {error}") from error
        self._greeted(client)

    def _encrypt(self, client: mqtt.Client) -> None:
        line = self._line
        if line.ca_file is None:
            return
        try:
            client.tls_set(line.ca_file, line.certificate, line.key)
        except OSError as error:
            files = ", ".join(filter(None, (line.ca_file, line.certificate, line.key)))
            raise DeviceGone(f"broker: one of {files} cannot be used: {error}") from error

    def _greeted(self, client: mqtt.Client) -> None:
        line, end = self._line, time.monotonic() + ANSWER_S
        while self._answer is None and time.monotonic() < end:
            self._turn(client, 0.1)
        if self._answer is None:
            raise DeviceSilent(f"broker {line.host}:{line.port}: no answer to CONNECT")
        if self._answer != 0:
            raise DeviceGone(f"broker {line.host}:{line.port}: refused the connection ({self._answer})")

    def _turn(self, client: mqtt.Client, timeout: float) -> None:
        code = client.loop(timeout)
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise DeviceGone(f"broker {self._line.host}:{self._line.port}: {mqtt.error_string(code)}")

    def _connected(self) -> mqtt.Client:
        if self._client is None:
            raise DeviceGone("broker: not open")
        return self._client

    def _on_connect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._answer = reason.value

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        message = self._waiting.pop(mid, None)
        if message is not None and reason.value < 0x80:
            self._done.append(message)
