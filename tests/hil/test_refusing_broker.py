"""A broker that refuses for hours: each try gives back what it took."""

import datetime
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from drivers import mqtt_broker
from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.ports import DeviceError, Message
from kiosk.virtual.broker_faults import BadBroker, Behaviour, hang_up, refuse, reset, say_nothing, talk_http

WILL = Message("sampling/v1/cn/r1/wy-0352/a/status", 1, b'{"state":"lost"}')
TRIES = 20
PLAIN = [refuse, hang_up, reset, talk_http, say_nothing]
ENCRYPTED = [hang_up, reset, talk_http]
"""What speaks no TLS cannot refuse in it."""


@pytest.fixture
def uncollected() -> Iterator[None]:
    """What only the garbage collector would give back is still there."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


OWN = 1
"""Of the driver, to be woken by."""


def tried_in_vain(port: int, ca_file: str | None = None) -> MqttBroker:
    driver = MqttBroker(BrokerLine("127.0.0.1", port, "wy-0352-a", ca_file=ca_file))
    for _ in range(TRIES):
        with pytest.raises(DeviceError):
            driver.open(WILL)
    return driver


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    name, key = x509.Name([]), Ed25519PrivateKey.generate()
    begins = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins.replace(year=2056))
    (tmp_path / "ca.pem").write_bytes(builder.sign(key, None).public_bytes(Encoding.PEM))
    return str(tmp_path / "ca.pem")


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("behave", PLAIN)
def test_tries_in_vain_hold_no_descriptor(rig: str, monkeypatch: pytest.MonkeyPatch, behave: Behaviour) -> None:
    monkeypatch.setattr(mqtt_broker, "ANSWER_S", 0.02)
    before = descriptors()
    with BadBroker(behave, answer=False) as far:
        driver = tried_in_vain(far.port)
    assert descriptors() == before + OWN, driver


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("behave", ENCRYPTED)
def test_handshakes_in_vain_hold_no_descriptor(rig: str, behave: Behaviour, ca_file: str) -> None:
    before = descriptors()
    with BadBroker(behave, answer=False) as far:
        driver = tried_in_vain(far.port, ca_file)
    assert descriptors() == before + OWN, driver


@pytest.mark.usefixtures("uncollected")
def test_looking_for_a_broker_that_is_not_there_holds_no_descriptor(rig: str) -> None:
    with BadBroker(hang_up, answer=False) as far:
        port = far.port
    before = descriptors()
    driver = tried_in_vain(port)
    assert descriptors() == before + OWN, driver
