"""Kiosks that say all they have until it is acknowledged, at whatever node."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError

EPOCH = "e1"
AT_ONCE = 20
"""On their way, as a kiosk has them."""
PAUSE_S = 0.5


class SayingKiosk:
    """`wy-<n>/a`: a word of its counts after each tube; done when all are acknowledged."""

    def __init__(self, number: int, hosts: Sequence[str], port: int, authority: Path, messages: int) -> None:
        self.point = f"wy-{number:04}"
        stem = authority / "names" / self.point / "a"
        own = authority / "ca.pem", stem.with_suffix(".pem"), stem.with_suffix(".key")
        at = [BrokerAt(host, port, f"{self.point}-a", *own) for host in hosts]
        self._lines = [BrokerLine(each, ()) for each in (*at[number % len(at) :], *at[: number % len(at)])]
        self._messages, self.said, self.breaks = messages, 0, 0
        self.faults: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def samples(self) -> int:
        """As its last word of counts has it."""
        return self._messages // 2

    def await_all(self, limit_s: float) -> None:
        self._thread.join(limit_s)
        assert self.said == self._messages, f"{self.point} said {self.said}: {self.faults[-3:]}"

    def _words(self) -> Iterator[tuple[str, bytes]]:
        place = f"sampling/v1/cn/r1/{self.point}/a"
        for n in range(self._messages // 2):
            seq = n + 1
            stamp = {"epoch": EPOCH, "seq": seq, "boot": "b1", "mono_ms": seq, "ts": None, "clock_trusted": False}
            yield f"{place}/tubes/{n:06}", json.dumps(stamp | {"code": f"{n:06}", "members": []}).encode()
            yield f"{place}/counts/{EPOCH}", json.dumps(stamp | {"samples": seq, "voided": 0}).encode()

    def _run(self) -> None:
        words = list(self._words())
        while self.said < len(words):
            line = self._lines[0]
            try:
                line.open()
                while self.said < len(words):
                    now = words[self.said : self.said + AT_ONCE]
                    assert not line.publish_all(now)
                    self.said += len(now)
            except LineError as error:
                # What was acknowledged before it broke is not known here: all of these are said again.
                self.breaks += 1
                self.faults.append(str(error))
                self._lines.append(self._lines.pop(0))
                time.sleep(PAUSE_S)
            finally:
                line.close()
