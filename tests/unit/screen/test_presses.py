"""What two tablets and an impatient finger press is done once."""

from kiosk.model import StaffAction
from kiosk.screen.lines import Pressed
from kiosk.screen.presses import SAME_NS, Presses

PAUSE = Pressed(StaffAction.PAUSE, "", "平板")
TOO = Pressed(StaffAction.PAUSE, "", "手机")


def test_two_devices_at_once_are_one_press():
    presses = Presses()
    assert presses.is_new(PAUSE, 10**9)
    assert not presses.is_new(TOO, 10**9 + 1)
    assert not presses.is_new(PAUSE, 10**9 + SAME_NS - 1)


def test_whoever_presses_once_more_later_means_it():
    presses = Presses()
    assert presses.is_new(PAUSE, 0)
    assert not presses.is_new(PAUSE, SAME_NS - 1)
    assert presses.is_new(PAUSE, SAME_NS)


def test_another_act_and_another_question_are_other_presses():
    presses = Presses()
    for n, (act, question) in enumerate((("pause", ""), ("next-unit", ""), ("yes", "slip-1"), ("yes", "slip-2"))):
        assert presses.is_new(Pressed(StaffAction(act), question, "screen"), n)
