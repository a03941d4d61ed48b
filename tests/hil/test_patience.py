"""How long scanners are waited for, to a few hundredths of a second: virtual time shows it exactly."""

import pytest

from drivers.serial_scanner.orders import Model
from kiosk.ports import DeviceSilent, FrameError
from kiosk.virtual.card_module_frames import FIND, READ
from kiosk.virtual.cards import IdCard
from kiosk.virtual.scanner_orders import Maker

CARD = IdCard("110199199001010010", "测试甲", birth="19900101")
OTHER = IdCard("110199196002290022", "测试乙", birth="19600229")
ID = b"110199199001010010"


def seconds(rig, call, *args):
    """What the call took."""
    began_s = rig.lines.now_s()
    call(*args)
    return rig.lines.now_s() - began_s


def told(rig, error, words):
    with pytest.raises(error, match=words):
        rig.driver.read(20)


def test_a_silent_module_is_told_at_its_second_silence(card_rig):
    card_rig.module.silence(True)
    assert seconds(card_rig, told, card_rig, DeviceSilent, "no answer") == pytest.approx(2.5, abs=0.05)


def test_a_card_that_cannot_be_read_is_told_at_the_third_look(card_rig):
    card_rig.module.status_next(0x41, times=3)
    card_rig.module.lay(CARD)
    assert seconds(card_rig, told, card_rig, FrameError, "41 read failed") == pytest.approx(0.8, abs=0.05)


def test_a_card_that_leaves_in_mid_read_is_told_at_the_next_look(card_rig):
    card_rig.module.tear_next()
    card_rig.module.lay(CARD)
    assert seconds(card_rig, told, card_rig, FrameError, "taken away") == pytest.approx(0.4, abs=0.05)


def test_a_card_that_is_silent_when_it_is_read_again_holds_up_the_next_for_little_more_than_a_second(card_rig):
    card_rig.module.reread(READ, None)
    card_rig.module.lay(CARD)
    assert card_rig.driver.read(2).number == CARD.number
    card_rig.lines.later(1.5, card_rig.module.lay, OTHER)
    assert seconds(card_rig, lambda: card_rig.driver.read(10)) < 3.0


def test_after_a_lost_answer_a_refusal_is_waited_out_once(card_rig):
    """It may be the late one; when nothing else has come it was the answer, and nothing is late any more."""
    card_rig.module.silence(True)
    card_rig.module.stuck(FIND, 0x41, reset_helps=False)
    card_rig.lines.later(1.0, card_rig.module.silence, False)
    assert seconds(card_rig, told, card_rig, DeviceSilent, "41 read failed") == pytest.approx(2.5, abs=0.1)


def test_a_packet_that_is_garbled_is_asked_for_again_at_once(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI, "ack_s": 30.0}, model=Model.SSI)
    rig.scanner.wrong_sum_next()
    rig.hold_up(ID)
    # Half of it, as soon after an opening it may be the first line of a boot text.
    assert seconds(rig, lambda: rig.driver.read(60)) == pytest.approx(0.2, abs=0.05)


def test_a_part_that_comes_again_as_late_as_a_scanner_sends_it_is_waited_for(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI}, model=Model.SSI)
    rig.scanner.lose_acks(1)
    code = b"HC1:" + bytes(range(32, 127)) * 4
    rig.hold_up(code)
    assert rig.driver.read(10).data == code
