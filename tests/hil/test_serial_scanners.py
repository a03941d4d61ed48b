"""Serial scanners of each maker: what ends a code, who starts a reading, and acknowledgements."""

import pytest

from drivers.scan_frames import Framing
from drivers.serial_scanner.orders import Model
from drivers.serial_scanner.scanner import SerialScanner
from kiosk.ports import DeviceGone, DeviceSilent, FrameError, FrameTooLong, TextScan
from kiosk.virtual.scanner_orders import Maker
from kiosk.virtual.serial_scanner import SerialScanner as FarEnd
from kiosk.virtual.wire import PtyWire

ID = b"110199199001010010"
GB18030 = "姓名:测试甲|证件:㐀".encode("gb18030")
UTF_8 = "姓名:测试甲|证件:㐀".encode()
TRIGGERED = [name for name in Model if name is not Model.PLAIN]


def read(rig, seconds=5.0):
    end = rig.lines.now_s() + seconds
    while rig.lines.now_s() < end:
        if (scan := rig.driver.read(0.25)) is not None:
            return scan.data
    return None


@pytest.mark.also_over_terminals
@pytest.mark.parametrize("baud", [9600, 115200])
@pytest.mark.parametrize(
    ("framing", "prefix", "suffix"),
    [
        ("cr", b"", b"\r"),
        ("lf", b"", b"\n"),
        ("crlf", b"", b"\r\n"),
        ("tab", b"", b"\t"),
        ("stx-etx", b"\x02", b"\x03"),
        ("gap", b"", b""),
    ],
)
def test_bytes_of_any_encoding_come_through_whole_over_each_framing(make_scanner, framing, prefix, suffix, baud):
    rig = make_scanner({"prefix": prefix, "suffix": suffix, "baud": baud}, framing=Framing(framing), baud=baud)
    # Where a pause alone ends a code, a machine that holds the far end up for longer tears it: shown again then.
    tries = 3 if framing == "gap" else 1
    for code in (ID, GB18030, UTF_8):
        assert code in (shown(rig, code) for _ in range(tries))


def shown(rig, code):
    """What is read of a code that is held up, once all of it was sent."""
    thread = rig.hold_up(code)
    found = read(rig)
    thread.join()
    if found != code:
        rig.driver.read(0.5)
    return found


def test_a_scanner_with_one_end_more_than_expected_is_read_without_complaint(make_scanner):
    rig = make_scanner({"suffix": b"\r\n"})
    rig.hold_up(ID).join()
    assert read(rig) == ID
    assert rig.driver.read(0.8) is None


def test_noise_between_framed_codes_is_no_torn_code(make_scanner):
    rig = make_scanner({"prefix": b"\x02", "suffix": b"\x03"}, framing=Framing.STX_ETX)
    rig.scanner.present_raw(b"\xff\x00junk")
    assert rig.driver.read(0.8) is None
    rig.scanner.present(ID)
    assert read(rig) == ID


@pytest.mark.also_over_terminals
@pytest.mark.parametrize("model", TRIGGERED)
def test_with_the_host_s_trigger_each_code_is_asked_for(make_scanner, model):
    rig = make_scanner({"maker": Maker(model), "triggered": True}, model=model, rearm_s=2.0)
    thread = rig.hold_up(ID, GB18030, UTF_8)
    assert [read(rig), read(rig), read(rig)] == [ID, GB18030, UTF_8]
    thread.join()
    assert rig.driver.read(0.3) is None
    assert rig.scanner.triggers_on == 4
    rig.driver.close()
    deadline = rig.lines.now_s() + 5
    while rig.scanner.lit and rig.lines.now_s() < deadline:
        rig.lines.pause(0.01)
    assert (rig.scanner.lit, rig.scanner.triggers_off) == (False, 1)


@pytest.mark.parametrize("model", TRIGGERED)
def test_a_scanner_that_gave_up_is_started_again(make_scanner, model):
    rig = make_scanner({"maker": Maker(model), "triggered": True, "light_s": 0.2}, model=model, rearm_s=0.3)
    assert rig.driver.read(1.2) is None
    assert rig.scanner.triggers_on >= 3
    rig.hold_up(ID)
    assert read(rig) == ID


@pytest.mark.parametrize("model", list(Model))
def test_with_its_own_trigger_the_scanner_is_told_nothing(make_scanner, model):
    rig = make_scanner({"maker": Maker(model)}, model=model)
    rig.hold_up(ID)
    assert read(rig) == ID
    rig.driver.close()
    assert (rig.scanner.triggers_on, rig.scanner.triggers_off) == (0, 0)


def test_no_read_is_no_scan_and_starts_the_next_reading(make_scanner):
    far = {"maker": Maker.ZKTECO, "triggered": True, "light_s": 0.1}
    rig = make_scanner(far, model=Model.ZKTECO, rearm_s=30.0)
    assert rig.driver.read(1.0) is None
    assert rig.scanner.triggers_on >= 3


@pytest.mark.parametrize("model", [Model.NEWLAND, Model.SSI])
def test_a_scanner_that_refuses_the_order_says_how_it_must_be_set(make_scanner, model):
    rig = make_scanner({"maker": Maker(model), "triggered": True}, model=model, rearm_s=1.0)
    rig.scanner.refuse_orders(True)
    with pytest.raises(DeviceSilent, match="refuses the order to read; set it to the trigger mode of the host"):
        rig.driver.read(3)
    rig.driver.close()
    with pytest.raises(DeviceSilent, match="refuses the order to read"):
        rig.driver.open()


@pytest.mark.parametrize("model", [Model.NEWLAND, Model.SSI])
def test_a_scanner_that_answers_no_order_is_told(make_scanner, model):
    rig = make_scanner({"maker": Maker(model), "triggered": True}, model=model, rearm_s=1.0)
    rig.scanner.deaf(True)
    with pytest.raises(DeviceSilent, match="no answer to the order to read within 5 s"):
        rig.driver.read(8)
    rig.driver.close()
    with pytest.raises(DeviceSilent, match="no answer"):
        rig.driver.open()


def test_a_packet_is_acknowledged_at_once(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI}, model=Model.SSI)
    thread = rig.hold_up(ID)
    assert read(rig) == ID
    thread.join()
    assert rig.scanner.resends == 0


@pytest.mark.parametrize("lost", [1, 2])
def test_a_packet_that_comes_again_is_one_scan(make_scanner, lost):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI, "ack_s": 0.2}, model=Model.SSI)
    rig.scanner.lose_acks(lost)
    thread = rig.hold_up(ID, ID, UTF_8)
    assert [read(rig), read(rig), read(rig), read(rig, 1.0)] == [ID, ID, UTF_8, None]
    thread.join()
    assert rig.scanner.resends == lost


@pytest.mark.also_over_terminals
def test_a_packet_with_a_wrong_sum_is_asked_for_again(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI, "ack_s": 30.0}, model=Model.SSI)
    rig.scanner.wrong_sum_next()
    thread = rig.hold_up(ID)
    assert read(rig) == ID
    thread.join()
    assert rig.scanner.resends == 1


@pytest.mark.also_over_terminals
def test_a_code_in_many_packets_is_one_scan_also_if_a_part_comes_twice(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI, "ack_s": 0.2}, model=Model.SSI)
    rig.scanner.lose_acks(2)
    code = b"HC1:" + bytes(range(32, 127)) * 20
    thread = rig.hold_up(code)
    assert read(rig) == code
    thread.join()


def test_more_packets_than_any_code_has_are_refused_and_the_next_code_is_read(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI}, model=Model.SSI)
    rig.hold_up(b"x" * 10_240, ID)
    with pytest.raises(FrameTooLong):
        read(rig, 10)
    assert read(rig) == ID


def test_a_code_whose_other_packets_do_not_come_is_torn(make_scanner):
    rig = make_scanner({"maker": Maker.ZEBRA_SSI}, model=Model.SSI)
    rig.scanner.present_raw(bytes.fromhex("07F30002 034142 FE7E"))
    with pytest.raises(FrameError, match="broke off"):
        rig.driver.read(5)


@pytest.mark.parametrize("framing", ["lf", "crlf"])
def test_a_scanner_whose_end_never_comes_is_told_to_be_set_wrongly(make_scanner, framing):
    rig = make_scanner({"suffix": b"\r"}, framing=Framing(framing))
    why = []
    for _ in range(3):
        rig.scanner.present(ID)
        with pytest.raises(FrameError, match="a code broke off") as error:
            rig.driver.read(5)
        why.append(str(error.value).partition("broke off")[2])
    doubt = f', 3 without an end in a row: is framing = "{framing}" what the scanner is set to?'
    assert why == ["", "", doubt]


def test_a_pattern_names_the_one_device_that_fits_also_after_it_got_another_number(wires):
    driver = SerialScanner(f"{wires}/usb-Maker*-if00", 115200)
    for number in (0, 1):
        with FarEnd(PtyWire(wires / f"usb-Maker_Scanner_{number}-if00")) as scanner:
            driver.open()
            scanner.present(ID)
            assert driver.read(5) == TextScan(ID)
            driver.close()


def test_a_pattern_that_fits_none_or_two_is_told(wires):
    driver = SerialScanner(f"{wires}/usb-*")
    with pytest.raises(DeviceGone, match="nothing plugged in has such a name"):
        driver.open()
    far_ends = FarEnd(PtyWire(wires / "usb-a")), FarEnd(PtyWire(wires / "usb-b"))
    with far_ends[0], far_ends[1], pytest.raises(DeviceGone, match=r"2 devices have such a name: .*usb-a, .*usb-b"):
        driver.open()
