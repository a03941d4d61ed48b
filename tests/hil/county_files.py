"""The files of firmware_config/broker as a test has them: its addresses and folders, all else as shipped."""

from pathlib import Path

from kiosk.office.broker_line import BrokerAt
from kiosk.office.brokers.certificates import Authority, Issued
from kiosk.office.brokers.names import name_of

FOLDER = Path(__file__).parents[2] / "firmware_config" / "broker"


class Office:
    """Who makes certificates; each is made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.ca = Authority(folder), folder / "ca.pem"

    def name(self, name: str) -> Issued:
        return self.authority.client(name_of(name), days=2)

    def at(self, port: int, name: str) -> BrokerAt:
        """The broker on this machine, as whoever `name` is."""
        own = self.name(name)
        return BrokerAt("127.0.0.1", port, name, self.ca, own.certificate, own.key)


def as_shipped(name: str, changes: dict[str, str]) -> str:
    """The file, with these words changed; each must stand there."""
    text = (FOLDER / name).read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def own_broker(office: Office, folder: Path, rights: str, port: int) -> str:
    """county/kiosk.conf beside what Debian's mosquitto.conf says. It saves each second: no test waits for ten."""
    server = office.authority.server("localhost", days=2)
    (folder / "kiosk.acl").write_text(rights, "utf-8")
    debian = f"persistence true\npersistence_location {folder}/\n"
    changes = {
        "listener 8883": f"listener {port} 127.0.0.1",
        "/etc/mosquitto/kiosk/ca.pem": str(office.ca),
        "/etc/mosquitto/kiosk/server.pem": str(server.certificate),
        "/etc/mosquitto/kiosk/server.key": str(server.key),
        "/etc/mosquitto/kiosk/kiosk.acl": str(folder / "kiosk.acl"),
        "autosave_interval 10": "autosave_interval 1",
    }
    return debian + as_shipped("county/kiosk.conf", changes)


def bridges(office: Office, city: int) -> str:
    """city/bridges.conf, to a city on this machine."""
    changes = {"city.example.org:8883": f"127.0.0.1:{city}", "restart_timeout 1 30": "restart_timeout 1 1"}
    changes["/etc/mosquitto/kiosk/city-ca.pem"] = str(office.ca)
    for line in ("state", "records"):
        own = office.name(f"county/wuyuan/{line}")
        changes[f"/etc/mosquitto/kiosk/city-{line}.pem"] = str(own.certificate)
        changes[f"/etc/mosquitto/kiosk/city-{line}.key"] = str(own.key)
    return as_shipped("city/bridges.conf", changes)


def shipped_rights(name: str) -> str:
    return (FOLDER / name / "kiosk.acl").read_text("utf-8")
