"""The contract of a Scanner, in virtual time; what needs the shell, the port and threads over real terminals too."""

import contextlib
import gc
from types import FunctionType, ModuleType

import pytest

from kiosk.ports import CardKind, CardScan, DeviceGone, DeviceSilent, FrameError, FrameTooLong, TextScan
from kiosk.virtual.card_module_frames import FIND, READ, SELECT, STATUS
from kiosk.virtual.cards import CardKind as VirtualKind
from kiosk.virtual.cards import IdCard
from simulated_line import SimulatedWire, World

CARD = IdCard("110199199001010010", "测试甲", birth="19900101")
OTHER = IdCard("110199196002290022", "测试乙", birth="19600229")


def read_until(driver, seconds=5.0):
    for _ in range(int(seconds / 0.25)):
        scan = driver.read(0.25)
        if scan is not None:
            return scan
    return None


def test_an_empty_reader_reads_nothing(card_rig):
    assert card_rig.driver.read(0.8) is None


@pytest.mark.also_over_terminals
def test_a_card_is_read_with_number_and_name(card_rig):
    card_rig.module.lay(CARD)
    scan = read_until(card_rig.driver)
    assert scan == CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲")


@pytest.mark.also_over_terminals
def test_the_next_card_is_read_after_the_first_was_lifted(card_rig):
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    card_rig.module.lift()
    assert card_rig.driver.read(0.5) is None
    card_rig.module.lay(OTHER)
    assert read_until(card_rig.driver).number == "110199196002290022"


@pytest.mark.parametrize(
    ("card", "scan"),
    [
        (
            IdCard("810000190001010018", "测试丙", VirtualKind.HK_MACAO_TAIWAN, travel_permit="H00000000"),
            CardScan(CardKind.HMT_PERMIT, "810000190001010018", "测试丙"),
        ),
        (
            IdCard("UTO119900010116", "", VirtualKind.FOREIGNER_2017, english_name="TEST, PERSON ONE"),
            CardScan(CardKind.FOREIGNER_2017, "UTO119900010116", "TEST, PERSON ONE"),
        ),
        (
            IdCard("911999190001010021", "测试丁", VirtualKind.FOREIGNER_2023, english_name="TEST, PERSON ONE"),
            CardScan(CardKind.FOREIGNER_2023, "911999190001010021", "测试丁"),
        ),
        (
            IdCard("110199199001010010", "测试甲", photo=b""),
            CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲"),
        ),
    ],
)
def test_every_kind_of_card_is_read(card_rig, card, scan):
    card_rig.module.lay(card)
    assert read_until(card_rig.driver) == scan


@pytest.mark.also_over_terminals
def test_a_card_that_leaves_in_mid_read_is_one_frame_error(card_rig):
    card_rig.module.tear_next()
    card_rig.module.lay(CARD)
    with pytest.raises(FrameError, match="taken away before it was read"):
        read_until(card_rig.driver)
    assert card_rig.driver.read(0.8) is None
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_card_that_was_read_may_be_lifted_while_it_is_read_again(card_rig):
    """Whoever has seen the green lamp takes the card away at any moment."""
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    card_rig.module.tear_next()
    if not card_rig.module.settings.answers_again:
        card_rig.module.lay(CARD)
    assert read_until(card_rig.driver, 2.5) is None
    card_rig.module.lay(OTHER)
    assert read_until(card_rig.driver).number == "110199196002290022"


@pytest.mark.parametrize(
    ("command", "status"),
    [(READ, 0x41), (READ, 0x31), (READ, 0x40), (READ, 0x21), (READ, None), (SELECT, 0x81), (SELECT, 0x40)],
)
def test_a_card_that_was_read_and_cannot_be_read_twice_is_no_refusal(card_rig, command, status):
    """Some models want the card lifted first; whoever left it there was registered all the same."""
    card_rig.module.reread(command, status)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    assert read_until(card_rig.driver, 3.0 if status else 5.5) is None
    card_rig.module.lift()
    assert card_rig.driver.read(0.5) is None
    card_rig.module.lay(OTHER)
    assert read_until(card_rig.driver).number == "110199196002290022"


def test_a_module_that_falls_silent_under_a_card_that_was_read_is_told(card_rig):
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    card_rig.module.silence(True)
    with pytest.raises(DeviceSilent):
        read_until(card_rig.driver)


def test_a_wrong_checksum_is_never_a_card(card_rig):
    card_rig.module.wrong_checksum_next()
    card_rig.module.lay(CARD)
    if card_rig.module.settings.answers_again:
        assert read_until(card_rig.driver).number == "110199199001010010"
        assert card_rig.module.reads == 1
    else:
        with pytest.raises(FrameError, match="taken away"):
            read_until(card_rig.driver)


@pytest.mark.parametrize("status", [0x24, 0x33, 0x37, 0x3F, 0x41, 0x47, 0x81, 0x80])
def test_a_read_that_fails_for_once_is_tried_again_and_nobody_notices(card_rig, status):
    card_rig.module.status_next(status, times=2)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    assert card_rig.module.resets == (2 if status == 0x24 else 0)


@pytest.mark.parametrize(("status", "words"), [(0x24, "24 unspecified error"), (0x41, "41 read failed")])
def test_a_card_that_is_never_read_is_told_once_and_taken_when_it_works(card_rig, status, words):
    card_rig.module.status_next(status, times=4)
    card_rig.module.lay(CARD)
    with pytest.raises(FrameError, match=f"status {words}"):
        read_until(card_rig.driver)
    assert read_until(card_rig.driver).number == "110199199001010010"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x21, "21 command unknown"),
        (0x23, "23 not allowed"),
        (0x31, "31 card refused module"),
        (0x32, "32 module refused card"),
        (0x40, "40 no id card"),
        (0x05, "05 unknown status"),
    ],
)
def test_a_card_that_will_not_be_read_is_told_at_once(card_rig, status, words):
    card_rig.module.status_next(status)
    card_rig.module.lay(CARD)
    with pytest.raises(FrameError, match=f"status {words}"):
        read_until(card_rig.driver, 0.5)
    card_rig.module.lift()
    assert card_rig.driver.read(0.5) is None
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_card_that_moves_between_find_and_select_is_read_all_the_same(card_rig):
    card_rig.module.select_fails_next(times=2)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


@pytest.mark.parametrize(("status", "words"), [(0x60, "60 self test failed"), (0x66, "66 not authorised")])
def test_a_module_out_of_order_says_so_and_is_read_when_it_was_mended(card_rig, status, words):
    card_rig.module.out_of_order(status)
    with pytest.raises(DeviceSilent, match=f"status {words}; switch the reader off and on"):
        card_rig.driver.read(2)
    card_rig.driver.close()
    with pytest.raises(DeviceSilent, match=words):
        card_rig.driver.open()
    card_rig.module.out_of_order(None)
    card_rig.driver.close()
    card_rig.driver.open()
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


@pytest.mark.parametrize("command", [SELECT, READ])
@pytest.mark.parametrize(("status", "words"), [(0x60, "60 self test failed"), (0x66, "66 not authorised")])
def test_a_module_that_takes_no_card_is_a_fault_of_the_reader_not_of_the_card(card_rig, command, status, words):
    card_rig.module.stuck(command, status, reset_helps=False)
    assert card_rig.driver.read(0.5) is None
    card_rig.module.lay(CARD)
    with pytest.raises(DeviceSilent, match=f"status {words}; switch the reader off and on"):
        read_until(card_rig.driver)
    card_rig.module.stuck(command, None)
    card_rig.driver.close()
    card_rig.driver.open()
    assert read_until(card_rig.driver).number == "110199199001010010"


def looks_for_a_card(driver, seconds):
    for _ in range(int(seconds / 0.25)):
        assert driver.read(0.25) is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x10, "10 command checksum wrong"),
        (0x21, "21 command unknown"),
        (0x24, "24 unspecified error"),
        (0x33, "33 information check failed"),
        (0x41, "41 read failed"),
        (0x47, "47 no random number"),
        (0x81, "81 select failed"),
        (0x90, "90 done"),
    ],
)
def test_a_module_that_cannot_look_for_a_card_is_told_and_stays_gone_until_it_can(card_rig, status, words):
    card_rig.module.stuck(FIND, status, reset_helps=False)
    with pytest.raises(DeviceSilent, match=f"status {words}"):
        looks_for_a_card(card_rig.driver, 3)
    for _ in range(2):
        card_rig.driver.close()
        with pytest.raises(DeviceSilent, match=f"status {words}"):
            card_rig.driver.open()
    card_rig.module.stuck(FIND, None)
    card_rig.driver.close()
    card_rig.driver.open()
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_module_that_a_reset_mends_is_reset_and_nobody_notices(card_rig):
    card_rig.module.stuck(FIND, 0x24)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    assert card_rig.module.resets == 1


@pytest.mark.parametrize(("status", "words"), [(0x24, "24 unspecified error"), (0x33, "33 information check failed")])
def test_a_module_that_says_it_is_not_ready_is_not_opened(card_rig, status, words):
    card_rig.module.stuck(STATUS, status, reset_helps=False)
    card_rig.driver.close()
    with pytest.raises(DeviceSilent, match=f"status {words}"):
        card_rig.driver.open()
    card_rig.module.stuck(STATUS, status, reset_helps=True)
    card_rig.driver.close()
    if status == 0x24:
        card_rig.driver.open()
    else:
        with pytest.raises(DeviceSilent, match=words):
            card_rig.driver.open()


def test_a_module_that_knows_no_status_question_reads_cards(card_rig):
    card_rig.module.stuck(STATUS, 0x21)
    card_rig.driver.close()
    card_rig.driver.open()
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_wrong_baud_rate_is_told(card_rig):
    card_rig.module.mismatch(True)
    with pytest.raises(DeviceSilent):
        card_rig.driver.read(3)


def test_a_card_left_on_the_reader_is_read_on_if_the_module_finds_it_again(card_rig):
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    again = read_until(card_rig.driver, 2.5)
    assert (again is not None) == card_rig.module.settings.answers_again


@pytest.mark.parametrize("address", ["示例市样本区虚构路9号", ""])
def test_the_newest_address_is_read_while_the_card_lies_there(card_rig, address):
    card_rig.module.lay(IdCard("110199199001010010", "测试甲", newest_address=address))
    assert card_rig.driver.newest_address() == address


def test_without_a_card_there_is_no_address(card_rig):
    with pytest.raises(FrameError, match="no card"):
        card_rig.driver.newest_address()


def reachable(thing):
    """All bytes that hang on a value, however deep, up to the far end of its line."""
    seen, waiting = {}, [thing]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType | SimulatedWire | World):
            seen[id(each)] = each
            waiting += gc.get_referents(each)
    return [bytes(each) for each in seen.values() if isinstance(each, bytes | bytearray | memoryview)]


@pytest.mark.also_over_terminals
@pytest.mark.parametrize("spoil", ["none", "torn", "wrong-checksum"])
def test_no_photo_stays_in_the_driver(card_rig, spoil):
    mark = b"PHOTO-OF-A-FACE "
    if spoil == "torn":
        card_rig.module.tear_next(keep=1200)
    if spoil == "wrong-checksum":
        card_rig.module.wrong_checksum_next()
    card_rig.module.lay(IdCard("110199199001010010", "测试甲", photo=mark * 64))
    with contextlib.suppress(FrameError):
        assert read_until(card_rig.driver).number == "110199199001010010"
    assert not [data for data in reachable(card_rig.driver) if mark in data]
    card_rig.driver.kept = [{"photo": mark}]
    assert [data for data in reachable(card_rig.driver) if mark in data] == [mark]


@pytest.mark.also_over_terminals
def test_noise_on_the_line_hides_no_card(card_rig):
    card_rig.module.noise(True)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


@pytest.mark.also_over_terminals
def test_a_silent_module_is_told(card_rig):
    card_rig.module.silence(True)
    with pytest.raises(DeviceSilent):
        card_rig.driver.read(2)


@pytest.mark.also_over_terminals
def test_a_module_that_is_pulled_and_put_back(card_rig):
    card_rig.module.unplug()
    with pytest.raises(DeviceGone):
        card_rig.driver.read(2)
    card_rig.driver.close()
    with pytest.raises(DeviceGone):
        card_rig.driver.open()
    card_rig.module.plug()
    card_rig.driver.open()
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


@pytest.mark.parametrize("picture", [b"BM" + bytes(38_860), b"\xaa\xaa\xaa\x96\x69\x00\x04" * 5_551])
def test_a_picture_behind_the_reply_hides_no_card_and_is_no_silence(card_rig, picture):
    card_rig.module.append(picture)
    for card in (CARD, OTHER, CARD):
        card_rig.module.lay(card)
        assert read_until(card_rig.driver, 10).number == card.number
    card_rig.module.lift()
    assert card_rig.driver.read(0.5) is None


def test_a_slow_module_reads_cards(card_rig):
    for command, seconds in ((FIND, 0.9), (SELECT, 0.9), (READ, 4.5)):
        card_rig.module.late_next(command, seconds, times=99)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver, 15).number == "110199199001010010"


@pytest.mark.parametrize(("command", "seconds"), [(FIND, 1.6), (SELECT, 1.6), (READ, 6.0)])
def test_one_answer_that_comes_too_late_hides_no_card(card_rig, command, seconds):
    card_rig.module.late_next(command, seconds)
    card_rig.module.lay(CARD)
    if command is READ and not card_rig.module.settings.answers_again:
        with pytest.raises(FrameError, match="taken away"):
            read_until(card_rig.driver, 10)
    else:
        assert read_until(card_rig.driver, 15).number == "110199199001010010"


def test_the_late_answer_for_one_card_is_never_taken_for_the_next_resident(card_rig):
    card_rig.module.late_next(READ, 6.5)
    card_rig.module.lay(CARD)
    swap = card_rig.lines.later(2, card_rig.module.lay, OTHER)
    assert read_until(card_rig.driver, 15).number == "110199196002290022"
    swap.join()


@pytest.mark.also_over_terminals
def test_codes_come_one_by_one(scanner_rig):
    scanner_rig.scanner.present(b"110199199001010010")
    scanner_rig.scanner.present("测试".encode())
    assert scanner_rig.driver.read(2) == TextScan(b"110199199001010010")
    assert scanner_rig.driver.read(2) == TextScan("测试".encode())
    assert scanner_rig.driver.read(0.1) is None


@pytest.mark.also_over_terminals
def test_a_torn_code_is_a_frame_error_and_the_next_is_read(scanner_rig):
    scanner_rig.scanner.present_torn(b"110199199001010010", 9)
    with pytest.raises(FrameError):
        scanner_rig.driver.read(3)
    scanner_rig.scanner.present_raw(b"1010010" + scanner_rig.scanner.suffix)
    scanner_rig.scanner.present(b"NEXT")
    assert scanner_rig.driver.read(2) == TextScan(b"NEXT")


def test_a_code_that_broke_off_is_read_when_it_is_shown_again(scanner_rig):
    scanner_rig.scanner.present_torn(b"110199199001010010", 9)
    with pytest.raises(FrameError):
        scanner_rig.driver.read(3)
    scanner_rig.scanner.present(b"110199199001010010")
    assert scanner_rig.driver.read(2) == TextScan(b"110199199001010010")


@pytest.mark.also_over_terminals
def test_ten_kilobytes_without_an_end_are_refused_and_the_next_is_read(scanner_rig):
    scanner_rig.scanner.present(b"x" * 10_240)
    with pytest.raises(FrameTooLong):
        scanner_rig.driver.read(5)
    scanner_rig.scanner.present(b"NEXT")
    assert scanner_rig.driver.read(2) == TextScan(b"NEXT")


@pytest.mark.also_over_terminals
def test_a_scanner_that_is_pulled_and_put_back(scanner_rig):
    scanner_rig.scanner.unplug()
    with pytest.raises(DeviceGone):
        scanner_rig.driver.read(2)
    scanner_rig.driver.close()
    scanner_rig.scanner.plug()
    scanner_rig.driver.open()
    scanner_rig.scanner.present(b"AGAIN")
    assert scanner_rig.driver.read(2) == TextScan(b"AGAIN")
