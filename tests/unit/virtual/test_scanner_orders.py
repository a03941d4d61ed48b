"""The virtual scanner's ear: commands of each maker and the answers that the scanner notes (section 1) give them."""

import pytest

from kiosk.virtual.scanner_orders import Heard, Maker, Order, OrderReader
from kiosk.virtual.ssi import decode_packets, scanner_packet


@pytest.mark.parametrize(
    ("maker", "wire", "orders"),
    [
        (Maker.HONEYWELL, "16540D 16550D", [Order.START, Order.STOP]),
        (Maker.NEWLAND_SHORT, "015404 1B31 015004", [Order.START, Order.START, Order.STOP]),
        (Maker.DATALOGIC, "54 58", [Order.START, Order.STOP]),
        (Maker.ZKTECO, "54 50", [Order.START, Order.STOP]),
        (Maker.NONE, "16540D 54", []),
    ],
)
def test_silent_makers(maker, wire, orders):
    assert [heard.order for heard in OrderReader(maker).feed(bytes.fromhex(wire))] == orders


@pytest.mark.parametrize(
    ("command", "order", "word"),
    [
        (b"#SCNTRG1", Order.START, 0x06),
        (b"@SCNTRG0", Order.STOP, 0x06),
        (b"#SCNTRG2", Order.OTHER, 0x15),
        (b"#GRBENA1", Order.OTHER, 0x06),
        (b"#ABCDEF1", Order.OTHER, 0x05),
    ],
)
def test_newland_says_each_command_back_with_its_word(command, order, word):
    reader = OrderReader(Maker.NEWLAND)
    wire = b"\x7e\x010000" + command + b";\x03"
    heard = [found for byte in wire for found in reader.feed(bytes([byte]))]
    assert heard == [Heard(order, b"\x02\x010000" + command + bytes([word]) + b";\x03")]


def test_ssi_orders_are_acknowledged():
    start, stop = bytes.fromhex("04 E4 04 00 FF 14"), bytes.fromhex("04 E5 04 00 FF 13")
    acknowledged = bytes.fromhex("04 D0 00 00 FF 2C")
    heard = list(OrderReader(Maker.ZEBRA_SSI).feed(b"\x00\xff"[:1] + start + stop))
    assert heard == [Heard(Order.START, acknowledged), Heard(Order.STOP, acknowledged)]


def test_ssi_acknowledgement_and_wish_for_a_repeat():
    wire = bytes.fromhex("04 D0 04 00 FF 28  05 D1 04 00 01 FF 25")
    assert [heard.order for heard in OrderReader(Maker.ZEBRA_SSI).feed(wire)] == [Order.ACK, Order.RESEND]


def test_a_decode_packet_by_hand():
    ((status, body),) = decode_packets(b"A1")
    assert scanner_packet(0xF3, body, status) == bytes.fromhex("07 F3 00 00 03 41 31 FE 91")


def test_a_long_code_goes_on_in_packets_that_say_so():
    assert [(status, len(body)) for status, body in decode_packets(b"x" * 600)] == [(2, 251), (2, 251), (0, 101)]
