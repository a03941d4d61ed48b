"""A Pi that does not know the time, before a real mosquitto with TLS: it judges by how late it must be."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from drivers.mqtt_broker import BrokerLine, MqttBroker
from kiosk.app import clock
from kiosk.app.clock import floor_s
from kiosk.ports import DeviceGone, Message
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto

WILL = Message("sampling/v1/cn/r1/wy-0352/a/status", 1, b'{"state":"lost"}')
HOST = "localhost"

Key = ec.EllipticCurvePrivateKey
Serve = Callable[[int, int], MosquittoBroker]


def _certificate(name: str, begins: int, ends: int, issuer: Key | None = None) -> tuple[x509.Certificate, Key]:
    key = ec.generate_private_key(ec.SECP256R1())
    called, by = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in (name, "office"))
    begun = x509.CertificateBuilder(by, called, key.public_key(), x509.random_serial_number())
    dated = begun.not_valid_before(datetime(begins, 1, 1, tzinfo=UTC)).not_valid_after(datetime(ends, 1, 1, tzinfo=UTC))
    if issuer is None:
        made = dated.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return made.add_extension(usage, critical=True).sign(key, SHA256()), key
    named = dated.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    return named.sign(issuer, SHA256()), key


@pytest.fixture
def serve(tmp_path) -> Iterator[Serve]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    running = []

    def start(begins: int, ends: int) -> MosquittoBroker:
        office, office_key = _certificate("office", begins, ends)
        server, server_key = _certificate(HOST, begins, ends, office_key)
        (tmp_path / "ca.pem").write_bytes(office.public_bytes(Encoding.PEM))
        (tmp_path / "server.pem").write_bytes(server.public_bytes(Encoding.PEM))
        pem = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "server.key").write_bytes(pem)
        files = f"certfile {tmp_path}/server.pem\nkeyfile {tmp_path}/server.key\n"
        broker = MosquittoBroker(tmp_path, given=lambda port: f"listener {port} {HOST}\n{files}allow_anonymous true\n")
        broker.start()
        running.append(broker)
        return broker

    yield start
    for broker in running:
        broker.stop()


def opened(broker: MosquittoBroker, folder: Path, floor: float | None, host: str = HOST) -> None:
    line = BrokerLine(host, broker.port, "wy-0352-a", "5", str(folder / "ca.pem"))
    driver = MqttBroker(line, lambda: floor)
    try:
        driver.open(WILL)
    finally:
        driver.close()


def unix(year: int) -> float:
    return datetime(year, 6, 1, tzinfo=UTC).timestamp()


def test_certificates_that_begin_after_what_the_clock_says_are_believed_where_it_is_not_set(serve, tmp_path):
    broker = serve(2090, 2095)
    with pytest.raises(DeviceGone, match="not yet valid"):
        opened(broker, tmp_path, None)
    opened(broker, tmp_path, unix(2022))


def test_one_that_ended_before_the_floor_is_not_believed_whatever_the_clock_says(serve, tmp_path):
    broker = serve(2020, 2090)
    opened(broker, tmp_path, None)
    opened(broker, tmp_path, unix(2089))
    with pytest.raises(DeviceGone, match="ended on Jan  1 00:00:00 2090 GMT"):
        opened(broker, tmp_path, unix(2090))


def test_without_a_clock_everything_else_is_judged_as_ever(serve, tmp_path):
    broker = serve(2020, 2090)
    with pytest.raises(DeviceGone, match="verify failed"):
        opened(broker, tmp_path, unix(2022), host="127.0.0.1")
    other, _ = _certificate("another office", 2020, 2090)
    (tmp_path / "ca.pem").write_bytes(other.public_bytes(Encoding.PEM))
    with pytest.raises(DeviceGone, match="verify failed"):
        opened(broker, tmp_path, unix(2022))


def test_the_floor_is_the_latest_time_that_this_machine_is_sure_of(tmp_path, monkeypatch):
    built = clock.BUILT.stat().st_mtime
    monkeypatch.setattr(clock, "STAMP", tmp_path / "clock")
    assert floor_s() == built
    (tmp_path / "clock").touch()
    assert floor_s() == (tmp_path / "clock").stat().st_mtime >= built
