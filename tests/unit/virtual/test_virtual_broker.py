"""The demo's brokers through paho-mqtt: what is kept, acknowledged, willed, and survives."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kiosk.virtual.broker import EmbeddedBroker, MosquittoBroker, VirtualBroker, broker, find_mosquitto

pytestmark = pytest.mark.slow

LIMIT_S = 20.0
needs_mosquitto = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")


class Client:
    """A paho client that remembers what happened to it."""

    def __init__(self, port: int, name: str, protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311) -> None:
        self.connected: list[str] = []
        self.acknowledged: list[int] = []
        self.messages: list[tuple[str, bytes, bool]] = []
        self.subscribed = False
        self.lost = 0
        self._port = port
        self._news = threading.Condition()
        self._paho = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol)
        self._paho.reconnect_delay_set(1, 1)
        self._paho.on_connect = self._on_connect
        self._paho.on_disconnect = self._on_disconnect
        self._paho.on_publish = self._on_publish
        self._paho.on_subscribe = self._on_subscribe
        self._paho.on_message = self._on_message

    def __enter__(self) -> "Client":
        self._paho.connect("127.0.0.1", self._port)
        self._paho.loop_start()
        self.wait_for(lambda: self.connected)
        return self

    def __exit__(self, *_: object) -> None:
        self._paho.disconnect()
        self._paho.loop_stop()

    def wait_for(self, condition: Callable[[], object]) -> None:
        with self._news:
            assert self._news.wait_for(condition, LIMIT_S)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        mid = self._paho.publish(topic, payload, qos=1, retain=retain).mid
        self.wait_for(lambda: mid in self.acknowledged)

    def subscribe(self, topic: str) -> None:
        self.subscribed = False
        self._paho.subscribe(topic, qos=1)
        self.wait_for(lambda: self.subscribed)

    def _happened(self, change: Callable[[], object]) -> None:
        with self._news:
            change()
            self._news.notify_all()

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        self._happened(lambda: self.connected.append(str(reason)))

    def _on_disconnect(self, *_: Any) -> None:
        self._happened(lambda: setattr(self, "lost", self.lost + 1))

    def _on_publish(self, _c: Any, _u: Any, mid: int, _r: Any, _p: Any) -> None:
        self._happened(lambda: self.acknowledged.append(mid))

    def _on_subscribe(self, *_: Any) -> None:
        self._happened(lambda: setattr(self, "subscribed", True))

    def _on_message(self, _c: Any, _u: Any, message: mqtt.MQTTMessage) -> None:
        self._happened(lambda: self.messages.append((message.topic, bytes(message.payload), message.retain)))


def field(text: bytes) -> bytes:
    return struct.pack(">H", len(text)) + text


def raw_connect(port: int, level: int, will: tuple[bytes, bytes] | None = None) -> socket.socket:
    """A bare CONNECT, clean, keep-alive 60 s, with a retained will of QoS 1."""
    properties = b"\x00" if level == 5 else b""
    flags = 0x02 | (0x2C if will else 0)
    body = field(b"MQTT") + bytes((level, flags, 0, 60)) + properties + field(b"raw")
    if will:
        body += properties + field(will[0]) + field(will[1])
    peer = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
    peer.sendall(bytes((0x10, len(body))) + body)
    return peer


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=needs_mosquitto)])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VirtualBroker]:
    kinds: dict[str, Callable[[], VirtualBroker]] = {
        "embedded": EmbeddedBroker,
        "mosquitto": lambda: MosquittoBroker(tmp_path),
    }
    with kinds[request.param]() as running:
        yield running


class TestEitherBroker:
    def test_a_retained_message_reaches_a_later_subscriber(self, running: VirtualBroker) -> None:
        with Client(running.port, "kiosk") as kiosk, Client(running.port, "city") as city:
            kiosk.publish("sampling/v1/counts", b"17", retain=True)
            city.subscribe("sampling/#")
            city.wait_for(lambda: city.messages)
            assert city.messages == [("sampling/v1/counts", b"17", True)]

    def test_an_empty_retained_message_clears_it(self, running: VirtualBroker) -> None:
        with Client(running.port, "kiosk") as kiosk, Client(running.port, "city") as city:
            kiosk.publish("a", b"17", retain=True)
            kiosk.publish("a", b"", retain=True)
            kiosk.publish("b", b"18", retain=True)
            city.subscribe("#")
            city.wait_for(lambda: city.messages)
            assert city.messages == [("b", b"18", True)]

    def test_a_message_nobody_wants_is_acknowledged(self, running: VirtualBroker) -> None:
        with Client(running.port, "kiosk") as kiosk:
            kiosk.publish("sampling/v1/tubes", b"{}")
            assert kiosk.acknowledged == [1]

    def test_who_subscribed_to_nothing_gets_nothing(self, running: VirtualBroker) -> None:
        with Client(running.port, "kiosk") as kiosk, Client(running.port, "city") as city:
            kiosk.publish("a", b"1", retain=True)
            city.subscribe("#")
            with Client(running.port, "other") as other:
                other.publish("b", b"2")
                city.wait_for(lambda: len(city.messages) == 2)
                assert other.messages == []

    @pytest.mark.parametrize("abrupt", [True, False], ids=["reset", "end"])
    def test_a_will_comes_when_a_connection_breaks(self, running: VirtualBroker, abrupt: bool) -> None:
        with Client(running.port, "city") as city:
            city.subscribe("status")
            with raw_connect(running.port, 4, will=(b"status", b"lost")) as peer:
                assert peer.recv(4) == b"\x20\x02\x00\x00"
                if abrupt:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            city.wait_for(lambda: city.messages)
            assert city.messages == [("status", b"lost", False)]
            with Client(running.port, "late") as late:
                late.subscribe("status")
                late.wait_for(lambda: late.messages)
                assert late.messages == [("status", b"lost", True)]

    def test_an_orderly_goodbye_leaves_no_will(self, running: VirtualBroker) -> None:
        with Client(running.port, "city") as city:
            city.subscribe("#")
            with raw_connect(running.port, 4, will=(b"status", b"lost")) as peer:
                assert peer.recv(4) == b"\x20\x02\x00\x00"
                peer.sendall(b"\xe0\x00")
                assert peer.recv(1) == b""
            with Client(running.port, "kiosk") as kiosk:
                kiosk.publish("after", b"1")
            city.wait_for(lambda: city.messages)
            assert city.messages == [("after", b"1", False)]

    def test_a_restart_breaks_connections_keeps_the_port_and_what_is_retained(self, running: VirtualBroker) -> None:
        port = running.port
        with Client(port, "kiosk") as kiosk:
            kiosk.publish("counts", b"17", retain=True)
            running.stop()
            kiosk.wait_for(lambda: kiosk.lost == 1)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
            running.start()
            assert running.port == port
            kiosk.wait_for(lambda: len(kiosk.connected) == 2)
            kiosk.publish("counts", b"18", retain=True)
            with Client(port, "city") as city:
                city.subscribe("counts")
                city.wait_for(lambda: city.messages)
                assert city.messages == [("counts", b"18", True)]
        running.restart()
        with Client(port, "city") as city:
            city.subscribe("counts")
            city.wait_for(lambda: city.messages)
            assert city.messages == [("counts", b"18", True)]

    def test_stopping_twice_and_starting_twice_do_no_harm(self, running: VirtualBroker) -> None:
        running.start()
        running.stop()
        running.stop()

    def test_it_listens_on_the_loop_back_address_alone(self, running: VirtualBroker) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.2", running.port))


class TestEmbedded:
    def test_mqtt_5_is_refused_with_an_answer_of_version_3(self) -> None:
        with EmbeddedBroker() as running, raw_connect(running.port, 5) as peer:
            assert peer.recv(4, socket.MSG_WAITALL) == b"\x20\x02\x00\x01"
            assert peer.recv(1) == b""

    def test_paho_understands_that_refusal(self) -> None:
        with EmbeddedBroker() as running, Client(running.port, "kiosk", MQTTProtocolVersion.MQTTv5) as client:
            assert client.connected[0] == "Unsupported protocol version"

    def test_a_port_that_is_taken_is_an_error(self) -> None:
        with EmbeddedBroker() as first:
            second = EmbeddedBroker(first.port)
            with pytest.raises(RuntimeError, match=f"did not start on port {first.port}"):
                second.start()
            second.stop()

    def test_no_thread_is_left(self) -> None:
        with EmbeddedBroker() as running, Client(running.port, "kiosk"):
            assert "embedded-broker" in {thread.name for thread in threading.enumerate()}
        assert "embedded-broker" not in {thread.name for thread in threading.enumerate()}

    def test_bytes_that_are_no_mqtt_harm_nobody(self, caplog: pytest.LogCaptureFixture) -> None:
        with EmbeddedBroker() as running:
            with socket.create_connection(("127.0.0.1", running.port), timeout=LIMIT_S) as peer:
                peer.sendall(b"GET / HTTP/1.1\r\n\r\n" + b"\xff" * 64)
            with Client(running.port, "kiosk") as kiosk:
                kiosk.publish("a", b"1")
        assert caplog.text == ""


@needs_mosquitto
class TestMosquitto:
    def test_it_speaks_mqtt_5(self, tmp_path: Path) -> None:
        with MosquittoBroker(tmp_path) as running, Client(running.port, "kiosk", MQTTProtocolVersion.MQTTv5) as kiosk:
            assert kiosk.connected == ["Success"]
            kiosk.publish("a", b"1")

    def test_its_files_lie_in_the_directory(self, tmp_path: Path) -> None:
        with MosquittoBroker(tmp_path) as running, Client(running.port, "kiosk") as kiosk:
            kiosk.publish("a", b"1", retain=True)
        assert {path.name for path in tmp_path.iterdir()} == {"mosquitto.conf", "mosquitto.log", "mosquitto.db"}
        assert f"listener {running.port} 127.0.0.1" in (tmp_path / "mosquitto.conf").read_text()

    def test_a_power_cut_loses_what_was_not_saved(self, tmp_path: Path) -> None:
        with MosquittoBroker(tmp_path) as running:
            with Client(running.port, "kiosk") as kiosk:
                kiosk.publish("before", b"1", retain=True)
            running.restart()
            with Client(running.port, "kiosk") as kiosk:
                kiosk.publish("unsaved", b"1", retain=True)
                running.kill()
                kiosk.wait_for(lambda: kiosk.lost == 1)
            running.start()
            with Client(running.port, "kiosk") as kiosk:
                kiosk.subscribe("#")
                kiosk.wait_for(lambda: kiosk.messages)
                assert kiosk.messages == [("before", b"1", True)]

    def test_a_port_that_is_taken_is_an_error(self, tmp_path: Path) -> None:
        with EmbeddedBroker() as first:
            second = MosquittoBroker(tmp_path, first.port)
            with pytest.raises(RuntimeError, match=f"port {first.port} is taken"):
                second.start()
            second.stop()

    def test_it_is_chosen_where_it_is_installed(self, tmp_path: Path) -> None:
        assert isinstance(broker(tmp_path), MosquittoBroker)


class TestChoice:
    def test_without_mosquitto_the_embedded_one_is_chosen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kiosk.virtual.broker.find_mosquitto", lambda: None)
        assert isinstance(broker(tmp_path, 18883), EmbeddedBroker)
        assert broker(tmp_path, 18883).port == 18883
        with pytest.raises(FileNotFoundError, match="mosquitto is not installed"):
            MosquittoBroker(tmp_path).start()
