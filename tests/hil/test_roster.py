"""A roster at a running kiosk: made by the district's command, taken while people come, told to the broker."""

import time

import pytest

from kiosk.cli import main
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import ROUND
from kiosk.virtual.demo.subscriber import Subscriber


def resident(serial: int) -> str:
    return with_check_digit(f"11019919900101{serial + 100:03d}")


def listed(table, *serials: int) -> None:
    """The district makes its list, and somebody copies the file."""
    lines = [f"1,{n % 2 + 1},{n // 2 + 1}01,测试甲,{resident(n)}" for n in serials]
    file = table.state / "list.csv"
    file.write_text("\n".join(["楼栋,单元,房号,姓名,身份证号", *lines]), "utf-8")
    keys = ("--round-key", str(table.state / "keys" / "round-key"), "--key", str(table.state / "district.key"))
    where = ("--round", ROUND, "--point", "wy-0352", "--out", str(table.state))
    assert main(["roster", "make", str(file), *where, *keys]) == 0


@pytest.fixture
def table(make_table, capsys):
    table = make_table(pool_size=10)
    assert main(["roster", "key", "--out", str(table.state / "district.key")]) == 0
    public = capsys.readouterr().out.rpartition('key = "')[2].partition('"')[0]
    config = table.state / "kiosk.toml"
    roster = f'\n[roster]\nfile = "{table.state}/wy-0352-{ROUND}.roster"\nkey = "{public}"\n'
    config.write_text(config.read_text("utf-8") + roster, "utf-8")
    return table


def test_a_list_is_taken_while_the_kiosk_serves_and_a_later_one_too(table, capsys):
    centre = Subscriber(table.broker.port)
    centre.start()
    daemon = table.daemon
    daemon.start()
    assert daemon.listens(20, 0)

    def scan(text: str, expected: str) -> None:
        since = len(daemon.records)
        table.scanner.present(text.encode())
        assert daemon.wait_for(lambda record: record.get("key") == expected, 10, since), daemon.records[since:]

    def units() -> dict[str, tuple[int, int]]:
        said = centre.latest("units")
        return {} if said is None else {each["unit"]: (each["sampled"], each["missing"]) for each in said["units"]}

    def until(expected: dict[str, tuple[int, int]]) -> None:
        end = time.monotonic() + 15
        while units() != expected and time.monotonic() < end:
            time.sleep(0.05)
        assert units() == expected

    scan(resident(0), "accepted")
    listed(table, 0, 1, 2, 3)
    assert daemon.wait_for(lambda record: record.get("key") == "roster-taken", 15, 0)
    until({"1号楼1单元": (1, 1), "1号楼2单元": (0, 2)})
    scan(resident(1), "accepted")
    scan(resident(9), "accepted-unlisted")
    until({"1号楼1单元": (1, 1), "1号楼2单元": (1, 1)})
    since = len(daemon.records)
    time.sleep(1.1)  # Rosters are told apart by the second in which they were made.
    listed(table, 0, 1, 3, 9)
    assert daemon.wait_for(lambda record: record.get("key") == "roster-taken", 15, since)
    until({"1号楼1单元": (1, 0), "1号楼2单元": (2, 1)})
    daemon.kill()
    since = len(daemon.records)
    daemon.start()
    assert daemon.listens(20, since)
    until({"1号楼1单元": (1, 0), "1号楼2单元": (2, 1)})
    scan(resident(3), "accepted")
    until({"1号楼1单元": (1, 0), "1号楼2单元": (3, 0)})
    centre.stop()
    written = b"".join(file.read_bytes() for file in table.state.rglob("*") if file.is_file() and file.suffix != ".csv")
    assert not any(resident(n).encode() in written for n in range(10))
