"""Kiosks that say all they have over their real line until it is acknowledged, at whatever node."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.messages import Address
from kiosk.messages.counts import every_life
from kiosk.messages.people import told_by_others
from kiosk.ports import DeviceGone, DeviceSilent, Message

EPOCH = "e1"
AT_ONCE = 20
"""On their way, as a kiosk has them."""
PAUSE_S = 0.5
HANGS_S = 30.0
"""A kiosk leaves a line on which nothing was acknowledged for so long."""


class SayingKiosk:
    """`wy-<n>/a`: a word of its counts after each tube, and its birth on each connection."""

    def __init__(self, number: int, hosts: Sequence[str], port: int, authority: Path, messages: int) -> None:
        self.address = Address("cn", "r1", f"wy-{number:04}", "a")
        stem = authority / "names" / self.address.point / "a"
        files = map(str, (authority / "ca.pem", stem.with_suffix(".pem"), stem.with_suffix(".key")))
        own = f"{self.address.point}-a", "5", *files
        lines = [MqttBroker(BrokerLine(host, port, *own)) for host in hosts]
        self._lines = lines[number % len(lines) :] + lines[: number % len(lines)]
        self._waiting = list(self._words(messages))[::-1]
        """The next one last."""
        self._sent: dict[tuple[str, int], Message] = {}
        self._messages, self._connections = messages, 0
        self.faults: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def said(self) -> int:
        """Acknowledged."""
        return self._messages - len(self._waiting) - len(self._sent)

    @property
    def samples(self) -> int:
        """As its last word of counts has it."""
        return self._messages // 2

    @property
    def breaks(self) -> int:
        return self._connections - 1

    def await_all(self, limit_s: float) -> None:
        self._thread.join(limit_s)
        assert self.said == self._messages, f"{self.address.point} said {self.said}: {self.faults[-3:]}"

    def _words(self, messages: int) -> Iterator[Message]:
        for seq in range(1, messages // 2 + 1):
            yield self._message(f"tubes/{seq:06}", seq, code=f"{seq:06}", members=[])
            yield self._message(f"counts/{EPOCH}", seq, samples=seq, voided=0)

    def _message(self, leaf: str, seq: int, **more: object) -> Message:
        stamp = {"epoch": EPOCH, "seq": seq, "boot": "b1", "mono_ms": seq, "ts": None, "clock_trusted": False}
        return Message(self.address.topic(leaf), seq, json.dumps(stamp | more).encode())

    def _run(self) -> None:
        while self._waiting or self._sent:
            line = self._lines[0]
            try:
                self._say(line)
            except (DeviceGone, DeviceSilent) as error:
                self.faults.append(str(error))
                self._waiting += reversed(self._sent.values())
                self._sent.clear()
                self._lines.append(self._lines.pop(0))
                time.sleep(PAUSE_S)
            finally:
                line.close()

    def _say(self, line: MqttBroker) -> None:
        self._connections += 1
        said = [self._message("status", 0, state=state, connection=self._connections) for state in ("lost", "online")]
        line.open(said[0], (told_by_others(self.address), said[0].topic), (every_life(self.address),))
        line.publish(said[1])
        answered = time.monotonic()
        while self._waiting or self._sent:
            while self._waiting and len(self._sent) < AT_ONCE:
                message = self._waiting.pop()
                self._sent[message.topic, message.seq] = message
                line.publish(message)
            for message in line.acknowledged(1):
                self._sent.pop((message.topic, message.seq), None)
                answered = time.monotonic()
            if line.refused():
                raise DeviceGone("it refuses")
            if time.monotonic() - answered > HANGS_S:
                raise DeviceSilent(f"nothing was acknowledged for {HANGS_S:.0f} s")
