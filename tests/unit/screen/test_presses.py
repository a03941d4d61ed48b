"""What two tablets and an impatient finger press is done once."""

from kiosk.model import StaffAction
from kiosk.screen.lines import Pressed
from kiosk.screen.presses import MOST, SAME_NS, Press, Presses

PAUSE = Pressed(StaffAction.PAUSE, "", "平板")
TOO = Pressed(StaffAction.PAUSE, "", "手机")


def test_two_devices_at_once_are_one_press():
    presses = Presses()
    assert presses.judge(PAUSE, 10**9) is Press.NEW
    assert presses.judge(TOO, 10**9 + 1) is Press.TWICE
    assert presses.judge(PAUSE, 10**9 + SAME_NS - 1) is Press.TWICE


def test_whoever_presses_once_more_later_means_it():
    presses = Presses()
    assert presses.judge(PAUSE, 0) is Press.NEW
    assert presses.judge(PAUSE, SAME_NS - 1) is Press.TWICE
    assert presses.judge(PAUSE, SAME_NS) is Press.NEW


def test_another_act_and_another_question_are_other_presses():
    presses = Presses()
    for n, (act, question) in enumerate((("pause", ""), ("next-unit", ""), ("yes", "slip-1"), ("yes", "slip-2"))):
        assert presses.judge(Pressed(StaffAction(act), question, "screen"), n) is Press.NEW


def test_more_than_people_press_reaches_nobody_until_it_has_calmed_down():
    presses = Presses()
    judged = [presses.judge(Pressed(StaffAction.NEXT_UNIT, str(n), "screen"), n) for n in range(1000)]
    assert judged == [Press.NEW] * MOST + [Press.TOO_MANY] * (1000 - MOST)
    assert presses.judge(PAUSE, SAME_NS - 1) is Press.TOO_MANY
    assert presses.judge(PAUSE, SAME_NS) is Press.NEW
