"""What a visitor does to the demo's table."""

import threading
import time
from types import SimpleNamespace
from typing import cast

from kiosk.virtual.demo.faults import Fault, Faults
from kiosk.virtual.demo.table import DemoTable


class SlowBroker:
    """Takes a moment to stop and to start, as a process does, and notes what overlaps."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self._busy = threading.Lock()

    def stop(self) -> None:
        self._act("stop")

    def start(self) -> None:
        self._act("start")

    def _act(self, name: str) -> None:
        assert self._busy.acquire(blocking=False), "another act is still at work"
        time.sleep(0.05)
        self.acts.append(name)
        self._busy.release()


def test_two_quick_clicks_are_one_fault_and_its_end():
    broker, nothing = SlowBroker(), lambda: None
    names = ("paper_out", "load_paper", "open_cover", "close_cover", "unplug", "plug")
    printer = SimpleNamespace(**dict.fromkeys(names, nothing))
    faults = Faults(cast("DemoTable", SimpleNamespace(printer=printer, broker=broker)))
    clicks = [threading.Thread(target=faults.turn, args=(Fault.NETWORK,)) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(10)
    assert (broker.acts, faults.on) == (["stop", "start"] * 2, [])
