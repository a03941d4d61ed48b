"""What a visitor does to the demo's table."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

from kiosk.virtual.demo.faults import Fault, Faults
from kiosk.virtual.demo.pages import CROWD, Playground
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.demo.visitors import Visitors


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


class SlowCrowd:
    """Takes a moment to hear that it is to rest, and notes what it was told."""

    def __init__(self) -> None:
        self.told: list[bool] = []
        self.resting = False

    def rest(self, on: bool) -> None:
        time.sleep(0.05)
        self.told.append(on)
        self.resting = on


def table_with(broker: SlowBroker) -> DemoTable:
    names = ("paper_out", "load_paper", "open_cover", "close_cover", "unplug", "plug")
    printer = SimpleNamespace(**dict.fromkeys(names, lambda: None))
    return cast("DemoTable", SimpleNamespace(printer=printer, broker=broker))


def four_clicks(turn: Callable[[], None]) -> None:
    clicks = [threading.Thread(target=turn) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(10)


def test_two_quick_clicks_are_one_fault_and_its_end():
    broker = SlowBroker()
    faults = Faults(table_with(broker))
    four_clicks(lambda: faults.turn(Fault.NETWORK))
    assert (broker.acts, faults.on) == (["stop", "start"] * 2, [])


def test_two_quick_clicks_send_the_crowd_away_and_call_it_back():
    crowd = SlowCrowd()
    play = Playground(table_with(SlowBroker()), cast("Visitors", crowd), "en")
    four_clicks(lambda: play.turn(CROWD))
    assert (crowd.told, play.on) == ([True, False] * 2, [])
