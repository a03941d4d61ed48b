"""Bytes on the air for a point's day, against a message an event: the same people, the same line, in one run.

A table of a simulated district (real session, journal, publisher, driver) serves its day with the publisher's time as
much faster; beside it the same acts are said as a JSON message each, at QoS 1, by the same driver: that one with who it
was, sealed for the authority, as ours tells it too. Both come to a mosquitto by a relay that counts what passes, both
ways. `make bench-air`; ARGS="--people 1000 --hours 8 --speed 60".
"""

import argparse
import json
import random
import socket
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.app.simulation.table import Table
from kiosk.engine import publisher
from kiosk.engine.back_off import broker as broker_back_off
from kiosk.engine.budget import budget
from kiosk.engine.publisher import Publisher, StatusOf
from kiosk.messages import Address
from kiosk.office.authority_keys import pair
from kiosk.ports import Message
from kiosk.virtual.broker import MosquittoBroker

PLACE = Address("cn-511781", "2022-05-r1", "wy-0352", "a")
COUNTS_BYTES = 600
"""A minute: what the configuration has by itself."""
HEADER_BYTES = 40
"""Of IPv4 and TCP, for each piece that passes the relay."""
SEALED_BYTES = 113
"""Of an identity: version, HPKE and 64 of filled text."""
AGAIN = 0.05
"""So many come a second time."""


@dataclass
class Relay:
    """Counts what passes between a table and its broker, in both directions."""

    far_port: int
    bytes: int = 0
    down: int = 0
    """Of those, what came from the broker."""
    pieces: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def with_headers(self) -> int:
        return self.bytes + HEADER_BYTES * self.pieces

    def start(self) -> "Relay":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self.far_port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other, one is far), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, down: bool) -> None:
        with one, other:
            try:
                while data := one.recv(65_536):
                    self.bytes += len(data)
                    self.down += len(data) * down
                    self.pieces += 1
                    other.sendall(data)
            except OSError:
                return


class Counted(MqttBroker):
    """Also notes what each topic's messages take."""

    def __init__(self, line: BrokerLine, by_leaf: Counter[str]) -> None:
        super().__init__(line)
        self._by_leaf = by_leaf

    def open(self, *given: Any, **named: Any) -> None:
        self._by_leaf["connections"] += 1
        super().open(*given, **named)

    def publish(self, message: Message) -> None:
        leaf = message.topic.removeprefix(PLACE.topic("")).partition("/")[0]
        self._by_leaf[leaf] += len(message.topic) + len(message.payload) + 7
        super().publish(message)


class Day(Table):
    """A simulated table whose publisher lives in simulated time, with a kiosk's budget."""

    speed: float
    by_leaf: Counter[str]
    tables: bool

    def _publisher_of(self, status_of: StatusOf) -> Publisher:
        began = time.monotonic_ns()

        def now_ns() -> int:
            return int((time.monotonic_ns() - began) * float(self.speed))

        pace, saved_up = broker_back_off(2), budget(COUNTS_BYTES)
        line = Counted(self._line, self.by_leaf)
        return Publisher("broker", self._inbox, line, self.place, status_of, now_ns, self.tables, pace, saved_up)


@contextmanager
def mosquitto() -> Iterator[MosquittoBroker]:
    with tempfile.TemporaryDirectory() as folder, MosquittoBroker(Path(folder)) as broker:
        yield broker


def comings(people: int, hours: float) -> list[tuple[float, int]]:
    """When who comes, in seconds; some twice."""
    chance = random.Random(1)
    found = [(chance.uniform(0, hours * 3600), n) for n in range(people)]
    found += [(at_s + 120, n) for at_s, n in found if chance.random() < AGAIN]
    return sorted(found)


def serve(table: Table, day: list[tuple[float, int]], speed: float, told: Callable[[int, bool], None]) -> None:
    begun = time.monotonic()
    for at_s, person in day:
        while (left_s := at_s / speed - (time.monotonic() - begun)) > 0:
            table.rest()
            time.sleep(min(left_s, 0.05))
        told(person, table.serve(person))


class Events:
    """The same acts, one message each, as many systems do it: who was registered where, and who was sent away."""

    def __init__(self, port: int) -> None:
        self._driver = MqttBroker(BrokerLine("127.0.0.1", port, "events"))
        self._driver.open(Message(f"{PLACE.topic('events')}", 0, b"{}"))
        self.n = 0

    def say(self, event: str, **about: object) -> None:
        self.n += 1
        said = {"event": event, "seq": self.n, "ts": 1_653_000_000_000 + self.n, "point": "wy-0352", "kiosk": "a"}
        payload = json.dumps(said | about, separators=(",", ":")).encode()
        self._driver.publish(Message(PLACE.topic("events"), self.n, payload))
        while not self._driver.acknowledged(1.0):
            pass

    def person(self, person: int, taken: bool) -> None:
        """A tube of ten is opened with its first and sealed with its last."""
        if not taken:
            self.say("refused", reason="already-sampled")
            return
        tube, place = f"0352{person // 10:06d}97", person % 10 + 1
        if place == 1:
            self.say("tube-opened", tube=tube, capacity=10)
        key = f"{person:022d}"
        sealed = b64encode(bytes(SEALED_BYTES)).decode()
        self.say("registered", tube=tube, position=place, voucher=f"V0352{person:07d}97", person=key, sealed=sealed)
        if place == 10:
            self.say("tube-sealed", tube=tube, filled=10)

    def close(self) -> None:
        self._driver.close()


def patient(speed: float) -> None:
    """This machine's own delays are not to be taken for a broker's, so much faster."""
    publisher.PUBACK_NS = int(publisher.PUBACK_NS * speed)
    publisher.ECHO_NS = int(publisher.ECHO_NS * speed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--alone", action="store_true", help="a point with one table: `[broker] tables = false`")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    speed: float = options.speed
    patient(speed)
    day = comings(options.people, options.hours)
    by_leaf: Counter[str] = Counter()
    Day.speed, Day.by_leaf, Day.tables = speed, by_leaf, not options.alone
    with mosquitto() as broker, tempfile.TemporaryDirectory() as folder:
        ours, theirs = Relay(broker.port).start(), Relay(broker.port).start()
        line = BrokerLine("127.0.0.1", ours.port, "wy-0352-a")
        begun = time.monotonic()

        def now_s() -> float:
            return 1_653_000_000 + (time.monotonic() - begun) * speed

        _, public = pair()
        table, events = Day(Path(folder), PLACE, "0352", line, public, now_s), Events(theirs.port)
        serve(table, day, speed, events.person)
        table.stop()
        events.close()
    connections = by_leaf.pop("connections")
    figures = {
        "people": options.people,
        "ours_bytes": ours.with_headers,
        "ours_down_bytes": ours.down,
        "connections": connections,
        "ours_by_topic": dict(by_leaf.most_common()),
        "events": events.n,
        "events_bytes": theirs.with_headers,
        "ratio": round(ours.with_headers / theirs.with_headers, 3),
    }
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    topics = ", ".join(f"{leaf} {size / 1000:.0f} KB" for leaf, size in by_leaf.most_common())
    sys.stdout.write(
        f"{options.people} people in {options.hours:g} h: {ours.with_headers / 1000:.0f} KB on the air ({topics})\n"
        f"{ours.down / 1000:.0f} KB of it came down, over {connections} connections: with more than two the machine "
        "is too slow for the speed, and all is told again at each\n"
        f"a message an event: {events.n} messages, {theirs.with_headers / 1000:.0f} KB; ratio {figures['ratio']}\n"
    )


if __name__ == "__main__":
    main()
