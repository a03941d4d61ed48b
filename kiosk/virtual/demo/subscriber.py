"""Somebody at the centre: subscribes to everything and keeps what really came from the broker."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

SUMMED = ("samples", "tubes", "labels", "vouchers", "voided", "exempt")


@dataclass(frozen=True, slots=True)
class Received:
    """One message; `at` is Unix time in seconds."""

    topic: str
    payload: Any
    retain: bool
    at: float

    def line(self) -> str:
        fields = {"topic": self.topic, "payload": self.payload, "retain": self.retain, "at": round(self.at, 3)}
        return json.dumps(fields, ensure_ascii=False)


def added_up(received: Iterable[Received]) -> dict[str, Any] | None:
    """What the newest counts of each life of each table's journal come to; None if there are none."""
    lives = [each.payload for each in {each.topic: each for each in received if "/counts/" in each.topic}.values()]
    if not lives:
        return None
    refused = Counter[str]()
    for life in lives:
        refused.update(life.get("refused", {}))
    sums = {name: sum(life[name] for life in lives) for name in SUMMED if name in lives[-1]}
    return {**lives[-1], **sums, "refused": dict(sorted(refused.items()))}


class Subscriber:
    """A client of its own, reconnecting by itself; `on_message` is called in the client's thread."""

    def __init__(
        self, port: int, on_message: Callable[[Received], None] = lambda _: None, name: str = "centre"
    ) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)
        self._port, self._tell = port, on_message
        self._news = threading.Condition()
        self.received: list[Received] = []

    def start(self) -> None:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def latest(self, leaf: str) -> dict[str, Any] | None:
        """The newest payload of a topic that ends so; of `counts` what all lives of the tables add up to."""
        if leaf == "counts":
            return added_up(self.received)
        found = [each.payload for each in self.received if each.topic.endswith("/" + leaf)]
        return found[-1] if found else None

    def wait_for(self, leaf: str, wanted: Callable[[dict[str, Any]], bool], timeout: float) -> bool:
        """Whether a topic's newest payload came to be as wanted within `timeout` seconds."""
        end = time.monotonic() + timeout
        with self._news:
            while True:
                payload = self.latest(leaf)
                if payload is not None and wanted(payload):
                    return True
                if (left := end - time.monotonic()) <= 0:
                    return False
                self._news.wait(left)

    def _on_connect(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe("sampling/#", qos=1)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            payload = json.loads(message.payload)
        except ValueError:
            payload = message.payload.decode(errors="replace")
        received = Received(message.topic, payload, message.retain, time.time())
        with self._news:
            self.received.append(received)
            self._news.notify_all()
        self._tell(received)
