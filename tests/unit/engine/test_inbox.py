"""The inbox: bounded, in order, and fair between devices."""

import queue
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.engine.inbox import LANE, Inbox, ScanFailed, Scanned
from kiosk.model import Hand
from kiosk.ports import TextScan

NAMES = ("noisy", "other", "third")


def scanned(name: str, number: int) -> Scanned:
    return Scanned(name, TextScan(b""), number, Hand.SHARED)


@given(st.lists(st.one_of(st.sampled_from(NAMES), st.none()), max_size=200))
def test_each_device_keeps_its_order_nothing_is_lost_and_none_waits_for_more_than_one_of_each_other(doings):
    inbox = Inbox()
    waiting: dict[str, list[int]] = {name: [] for name in NAMES}
    passed_over: dict[str, list[str]] = {name: [] for name in NAMES}
    for number, name in enumerate([*doings, *[None] * len(doings)]):
        if name is not None:
            if len(waiting[name]) == LANE:
                with pytest.raises(queue.Full):
                    inbox.put(scanned(name, number), 0)
            else:
                inbox.put(scanned(name, number), 0)
                waiting[name].append(number)
        elif any(waiting.values()):
            item = inbox.get(0)
            assert isinstance(item, Scanned)
            assert item.at_ns == waiting[item.source].pop(0)
            passed_over[item.source] = []
            for other in NAMES:
                if other != item.source and waiting[other]:
                    passed_over[other].append(item.source)
                    assert passed_over[other].count(item.source) <= 1
    with pytest.raises(queue.Empty):
        inbox.get(0)


def test_noise_fills_its_own_lane_and_holds_up_nobody_else():
    inbox = Inbox()
    for _ in range(LANE):
        inbox.put(ScanFailed("noisy", False), 0)
    with pytest.raises(queue.Full):
        inbox.put(ScanFailed("noisy", False), 0)
    inbox.put(scanned("other", 1), 0)
    assert [type(inbox.get(0)) for _ in range(2)] == [ScanFailed, Scanned]


def test_whoever_waits_for_room_goes_on_when_there_is_some():
    inbox = Inbox()
    for number in range(LANE):
        inbox.put(scanned("noisy", number), 0)
    waiting = threading.Thread(target=inbox.put, args=(scanned("noisy", LANE),))
    waiting.start()
    assert [inbox.get(5).at_ns for _ in range(LANE + 1)] == list(range(LANE + 1))  # type: ignore[union-attr]
    waiting.join(5)
    assert not waiting.is_alive()
