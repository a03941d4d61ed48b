"""A table beside a broker that is ill: people are served, it costs no memory, and afterwards nobody is missing."""

import json
import time
from pathlib import Path

import pytest

from kiosk.office.broker_line import BrokerAt, BrokerLine
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto
from kiosk.virtual.broker_faults import BadBroker, answer_with, never_acknowledge, publish_of
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import DemoSettings
from kiosk.virtual.demo.table import DemoTable

pytestmark = pytest.mark.slow

PEOPLE = 3
PATIENCE_S = 60
ROOM_KB = 16 * 1024
"""What the peak of memory may grow by while people are served."""
ILLS = {
    "sends 256 MB": (publish_of(268_000_000), "device", "sent a packet of 268000003 bytes"),
    # Of that it hears only after half a minute.
    "never acknowledges": (never_acknowledge, "", ""),
    "gives 0x87": (answer_with(0x87), "broker-refused", "Not authorized"),
}


def resident(serial: int) -> bytes:
    return with_check_digit(f"11019919900101{serial + 100:03d}").encode()


def peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def counted(port: int) -> int:
    """How many people stand at the broker."""
    line = BrokerLine(BrokerAt("127.0.0.1", port, "reader"), ("sampling/v1/+/+/+/+/counts/+",))
    line.open()
    found = {each.topic: json.loads(each.payload)["samples"] for some in line.whole() for each in some}
    line.close()
    return sum(found.values())


@pytest.mark.parametrize("ill", ILLS)
def test_people_are_served_and_afterwards_all_are_counted(rig, tmp_path, wires, ill):
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    behave, event, words = ILLS[ill]
    with DemoTable(DemoSettings(), tmp_path / "a") as table:
        with BadBroker(behave) as far:
            port, config = far.port, table.state / "kiosk.toml"
            text = config.read_text("utf-8").replace(f"port = {table.broker.port}", f"port = {port}")
            config.write_text(text, "utf-8")
            table.daemon.start()
            assert table.daemon.listens(PATIENCE_S, 0)
            before = peak_kb(table.daemon.pid)
            for serial in range(PEOPLE):
                since = len(table.daemon.records)
                table.scanner.present(resident(serial))
                assert table.daemon.wait_for(lambda record: record.get("key") == "accepted", PATIENCE_S, since)
            if event:
                assert table.daemon.wait_for(
                    lambda record: record.get("event") == event and words in str(record.get("why")), PATIENCE_S
                )
            assert peak_kb(table.daemon.pid) - before < ROOM_KB
        with MosquittoBroker(wires, port):
            end = time.monotonic() + PATIENCE_S
            while counted(port) != PEOPLE:
                assert time.monotonic() < end, counted(port)
                time.sleep(0.1)
        table.daemon.stop()
