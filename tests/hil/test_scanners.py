"""The contract of a Scanner, over real terminals."""

import pytest

from kiosk.ports import CardKind, CardScan, DeviceGone, DeviceSilent, FrameError, FrameTooLong, TextScan
from kiosk.virtual.cards import IdCard

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


def test_a_card_is_read_with_number_and_name(card_rig):
    card_rig.module.lay(CARD)
    scan = read_until(card_rig.driver)
    assert scan == CardScan(CardKind.RESIDENT, "110199199001010010", "测试甲")


def test_the_next_card_is_read_after_the_first_was_lifted(card_rig):
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"
    card_rig.module.lift()
    assert card_rig.driver.read(0.5) is None
    card_rig.module.lay(OTHER)
    assert read_until(card_rig.driver).number == "110199196002290022"


def test_a_card_that_leaves_in_mid_read_is_one_frame_error(card_rig):
    card_rig.module.tear_next()
    card_rig.module.lay(CARD)
    with pytest.raises(FrameError):
        read_until(card_rig.driver)
    card_rig.module.lift()
    assert card_rig.driver.read(0.8) is None
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_wrong_checksum_is_never_a_card(card_rig):
    card_rig.module.wrong_checksum_next()
    card_rig.module.lay(CARD)
    with pytest.raises((FrameError, DeviceSilent)):
        read_until(card_rig.driver)


@pytest.mark.parametrize("status", [0x24, 0x31, 0x33, 0x41, 0x47])
def test_a_read_that_fails_is_a_frame_error_once_while_the_card_lies_there(card_rig, status):
    card_rig.module.status_next(status)
    card_rig.module.lay(CARD)
    with pytest.raises(FrameError, match=f"status {status:02X}"):
        read_until(card_rig.driver)
    if card_rig.module.settings.answers_again and status != 0x31:
        assert read_until(card_rig.driver).number == "110199199001010010"


def test_noise_on_the_line_hides_no_card(card_rig):
    card_rig.module.noise(True)
    card_rig.module.lay(CARD)
    assert read_until(card_rig.driver).number == "110199199001010010"


def test_a_silent_module_is_told(card_rig):
    card_rig.module.silence(True)
    with pytest.raises(DeviceSilent):
        card_rig.driver.read(2)


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


def test_codes_come_one_by_one(scanner_rig):
    scanner_rig.scanner.present(b"110199199001010010")
    scanner_rig.scanner.present("测试".encode())
    assert scanner_rig.driver.read(2) == TextScan(b"110199199001010010")
    assert scanner_rig.driver.read(2) == TextScan("测试".encode())
    assert scanner_rig.driver.read(0.1) is None


def test_a_torn_code_is_a_frame_error_and_the_next_is_read(scanner_rig):
    scanner_rig.scanner.present_torn(b"110199199001010010", 9)
    with pytest.raises(FrameError):
        scanner_rig.driver.read(3)
    scanner_rig.scanner.present(b"NEXT")
    assert scanner_rig.driver.read(2) == TextScan(b"NEXT")


def test_ten_kilobytes_without_an_end_are_refused_and_the_next_is_read(scanner_rig):
    scanner_rig.scanner.present(b"x" * 10_240)
    with pytest.raises(FrameTooLong):
        scanner_rig.driver.read(5)
    scanner_rig.scanner.present(b"NEXT")
    assert scanner_rig.driver.read(2) == TextScan(b"NEXT")


def test_a_scanner_that_is_pulled_and_put_back(scanner_rig):
    scanner_rig.scanner.unplug()
    with pytest.raises(DeviceGone):
        scanner_rig.driver.read(2)
    scanner_rig.driver.close()
    scanner_rig.scanner.plug()
    scanner_rig.driver.open()
    scanner_rig.scanner.present(b"AGAIN")
    assert scanner_rig.driver.read(2) == TextScan(b"AGAIN")
