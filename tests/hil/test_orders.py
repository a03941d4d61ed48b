"""The centre orders something of a table that serves: by a broker, a picture, a stick; and somebody else tries."""

import hashlib
import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main
from kiosk.credentials import id_check_digit, key_of_round, key_of_turn, staff_codes
from kiosk.messages import Address
from kiosk.messages.orders import ordering
from kiosk.model import Expected, Roster, RosterHead, Status
from kiosk.model.orders import RenewCodes
from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError
from kiosk.office.orders.giving import give, line_to, tables_at
from kiosk.office.signing_keys import read as read_key
from kiosk.roster.keyed import write
from kiosk.virtual.demo.settings import ROUND
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk.virtual.demo.table import DemoTable
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import signed

PLACE = Address("cn-511781", ROUND, "wy-0352", "a")
NEXT = "2022-05-r2"
EVERYBODY = f"cn-511781/{ROUND}/+/+"
SOON_S = 20.0

Call = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    folder.mkdir()
    assert main(["order", "key", "--out", str(folder / "centre.key")]) == 0
    return folder


@pytest.fixture
def call(capsys) -> Call:
    """A command of the centre, with what it told a program."""

    def run(*arguments: object) -> tuple[int, Any, str]:
        capsys.readouterr()
        status = main(["order", *map(str, arguments), "--json"])
        told = capsys.readouterr()
        return status, json.loads(told.out or "null"), told.err

    return run


@pytest.fixture
def table(make_table, office) -> DemoTable:
    """One that knows the centre and serves."""
    table: DemoTable = make_table()
    key = SigningKey(bytes.fromhex((office / "centre.key").read_text())).public_key.hex()
    with (table.state / "kiosk.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[orders]\nkey = "{key}"\n')
    table.daemon.start()
    assert table.daemon.listens(SOON_S)
    return table


def by_broker(table: DemoTable, office: Path) -> list[object]:
    return ["--host", "127.0.0.1", "--port", table.broker.port, "--signing-key", office / "centre.key"]


def told(table: DemoTable, key: str, since: int = 0) -> dict[str, Any] | None:
    return table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] == key, SOON_S, since)


def shown(table: DemoTable, code: str, *answers: str) -> bool:
    """Whether a code that is held up gets one of these answers."""
    since = len(table.daemon.records)
    table.scanner.present(code.encode())
    return table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] in answers, SOON_S, since) is not None


def resident(n: int) -> str:
    body = f"11019919900101{n:03d}"
    return body + id_check_digit(body)


def codes(table: DemoTable, round_id: str, turn: int) -> dict[str, str]:
    key = key_of_round((table.state / "keys" / "staff-key").read_bytes().strip(), round_id)
    return {str(act): text for text, act in staff_codes(key_of_turn(key, turn) if turn else key).items()}


def became(table: DemoTable, call: Call, *wanted: tuple[str, str]) -> bool:
    """Whether that is told of the orders that stand there, soon."""
    at, end = ["--host", "127.0.0.1", "--port", table.broker.port], time.monotonic() + SOON_S
    while time.monotonic() < end:
        status, lines, _ = call("status", "--to", EVERYBODY, *at)
        if [(line["kind"], line["became"]) for line in lines] == list(wanted):
            return bool(status == 0)
        time.sleep(0.2)
    return False


def test_words_reach_the_lamp_of_every_table_and_what_became_of_them_is_told(table, office, call):
    status, said, _ = call("say", "雨大，请到二号门排队", "--to", EVERYBODY, *by_broker(table, office))
    assert (status, said["kind"], said["tables"]) == (0, "say", [PLACE.place])
    record = told(table, "order-say")
    assert record is not None
    assert record["text"] == "中心通知：雨大，请到二号门排队"
    assert became(table, call, ("say", "done"))


def test_a_code_of_the_centre_acts_at_a_kiosk_without_a_network(table, office, call):
    status, said, _ = call(
        *("codes", 1, "--to", EVERYBODY, "--signing-key", office / "centre.key", "--qr", office / "qr")
    )
    assert (status, said["tables"]) == (0, [])
    table.broker.stop()
    [read] = zxingcpp.read_barcodes(Image.open(said["files"][0]), formats=zxingcpp.BarcodeFormat.QRCode)
    assert shown(table, read.text, "order-given")
    assert told(table, "order-codes")
    assert shown(table, codes(table, ROUND, 0)["pause"], "refused.old-staff-code")
    assert shown(table, codes(table, ROUND, 1)["pause"], "noted")


def test_a_stick_brings_the_same(table, office, call):
    made = call("collect", 15, "--to", EVERYBODY, "--signing-key", office / "centre.key", "--out", office / "stick")
    assert made[0] == 0
    assert call("take", office / "stick", "--config", table.state / "kiosk.toml")[:2] == (
        0,
        {"taken": [{"n": made[1]["n"], "kind": "collect"}], "others": 0, "strange": 0},
    )
    assert told(table, "order-collect")


def test_what_others_order_changes_nothing_and_is_said(table, office, call):
    forged = signed(2_000_000_000_000, PLACE_LEVELS, RenewCodes(7), SigningKey(b"x" * 32))
    strangers = ["no order", "KO1:", forged.text, forged.text[:-3]]
    line = BrokerLine(BrokerAt("127.0.0.1", table.broker.port, "stranger"), ())
    line.open()
    line.publish(*ordering(PLACE, strangers))
    line.close()
    assert table.daemon.wait_for(lambda r: r["event"] == "order-not-taken", SOON_S)
    assert shown(table, forged.text, "refused.order-not-genuine")
    assert shown(table, codes(table, ROUND, 0)["pause"], "noted")
    status, said, _ = call("codes", 1, "--to", EVERYBODY, *by_broker(table, office))
    assert (status, said["tables"]) == (0, [PLACE.place]), "what stood there of others is gone"
    assert told(table, "order-codes")
    assert became(table, call, ("codes", "done"))


PLACE_LEVELS = (PLACE.region, PLACE.round, PLACE.point, PLACE.kiosk)


def test_of_two_who_order_at_once_the_first_is_told_that_he_did_not(table):
    """Else what one of them ordered would be gone from the broker, and nobody would know."""
    whom, key = (PLACE.region, PLACE.round, "+", "+"), SigningKey(b"x" * 32)
    at, now_s = BrokerAt("127.0.0.1", table.broker.port, "centre"), 1_653_000_000
    first, second = (signed(n, whom, RenewCodes(n), key) for n in (1, 2))
    with line_to(at, whom) as one:
        seen = tables_at(one, whom)
        with line_to(at, whom) as other:
            assert give(other, [second], tables_at(other, whom), now_s) == [PLACE]
            with pytest.raises(LineError):
                give(one, [first], seen, now_s)
    with line_to(at, whom) as again:
        assert [each.given for each in tables_at(again, whom)] == [(second,)]


def test_a_table_that_never_said_that_it_is_in_the_round_is_told_as_left_out(table, office, call):
    public = SigningKey(bytes.fromhex((table.state / "keys" / "voucher-key").read_text())).public_key.hex()
    (office / "keys").write_text(f"{public} wy-0352/a\n{public} wy-0353/b\n", encoding="ascii")
    (office / "round-key").write_text("r" * 64, encoding="ascii")
    given = ["--round-key", office / "round-key", "--voucher-keys", office / "keys", "--dry-run"]
    status, said, _ = call("round", NEXT, "--to", EVERYBODY, *given, *by_broker(table, office))
    assert (status, said["tables"], said["left_out"]) == (1, [PLACE.place], [f"cn-511781/{ROUND}/wy-0353/b"])


def test_an_old_order_that_is_said_again_does_nothing(table, office, call):
    _, first, _ = call("codes", 1, "--to", EVERYBODY, *by_broker(table, office))
    assert told(table, "order-codes")
    since = len(table.daemon.records)
    call("codes", 2, "--to", EVERYBODY, *by_broker(table, office))
    assert told(table, "order-codes", since)
    since = len(table.daemon.records)
    line = BrokerLine(BrokerAt("127.0.0.1", table.broker.port, "replayer"), ())
    line.open()
    line.publish(*ordering(PLACE, first["texts"]))
    line.close()
    table.daemon.kill()
    table.daemon.start()
    assert table.daemon.listens(SOON_S, since)
    assert shown(table, first["texts"][0], "order-known")
    assert shown(table, codes(table, ROUND, 1)["pause"], "refused.old-staff-code")
    assert shown(table, codes(table, ROUND, 2)["pause"], "noted")


def test_the_next_round_begins_in_the_same_process_and_holds_after_a_power_cut(table, office, call):
    keys = table.state / "keys"
    seed = bytes.fromhex((keys / "voucher-key").read_text(encoding="ascii"))
    (office / "keys").write_text(f"{SigningKey(seed).public_key.hex()} wy-0352/a\n", encoding="ascii")
    (office / "round-key").write_text("r" * 64, encoding="ascii")
    pid, since = table.daemon.pid, len(table.daemon.records)
    given = ["--round-key", office / "round-key", "--voucher-keys", office / "keys"]
    status, _, err = call("round", NEXT, "--to", EVERYBODY, *given, *by_broker(table, office))
    assert (status, err) == (0, "")
    assert table.daemon.wait_for(lambda r: r["event"] == "round-ends", SOON_S, since)
    ended = len(table.daemon.records)
    assert table.daemon.listens(SOON_S, ended)
    assert table.daemon.pid == pid
    assert shown(table, resident(1), "accepted")
    centre = Subscriber(table.broker.port)
    centre.start()
    topic = f"sampling/v1/cn-511781/{NEXT}/wy-0352/a/counts/"
    assert centre.wait_for("ordered", lambda heard: heard["orders"][-1]["became"] == "done", SOON_S)
    assert centre.wait_for("counts", lambda heard: heard["samples"] == 1, SOON_S)
    assert {each.payload["samples"] for each in centre.received if each.topic.startswith(topic)} >= {1}
    centre.stop()
    table.daemon.kill()
    # As if the plug had been pulled between the journal and this.
    (table.state / "round.json").unlink()
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "round-ends", SOON_S, since)
    since = len(table.daemon.records)
    assert table.daemon.listens(SOON_S, since)
    assert shown(table, resident(1), "refused.already-sampled"), "by the round's key that was sealed"
    with closing(sqlite3.connect(table.journal)) as journal:
        assert journal.execute("SELECT DISTINCT round FROM samples").fetchall() == [(NEXT,)]
    assert b"rrrrrrrr" not in b"".join(file.read_bytes() for file in table.state.iterdir() if file.is_file())


@pytest.fixture
def manager(wires, monkeypatch) -> Iterator[socket.socket]:
    """The service manager's end of the notification socket, before a table starts."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.bind(str(wires / "notify"))
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(wires / "notify"))
        yield line


def words(manager: socket.socket) -> list[str]:
    heard: list[str] = []
    with suppress(BlockingIOError):
        while True:
            heard += manager.recv(999).decode().splitlines()
    return heard


def ordered_round(table: DemoTable, office: Path, call: Call, now: str, name: str) -> str:
    """As a code would carry it to the table, which is in the round of `now`."""
    seed = bytes.fromhex((table.state / "keys" / "voucher-key").read_text(encoding="ascii"))
    (office / "keys").write_text(f"{SigningKey(seed).public_key.hex()} wy-0352/a\n", encoding="ascii")
    (office / "round-key").write_text("r" * 64, encoding="ascii")
    given = ["--round-key", office / "round-key", "--voucher-keys", office / "keys"]
    to = f"cn-511781/{now}/+/+"
    status, said, _ = call("round", name, "--to", to, *given, "--signing-key", office / "centre.key")
    assert status == 0
    [text] = said["texts"]
    return str(text)


def begins(table: DemoTable, order: str) -> bool:
    """Whether a code that is held up begins a round, in which the table serves."""
    since = len(table.daemon.records)
    taken = shown(table, order, "order-given")
    ends = table.daemon.wait_for(lambda r: r["event"] == "round-ends", SOON_S, since)
    at = 0 if ends is None else table.daemon.records.index(ends)
    return taken and ends is not None and table.daemon.listens(SOON_S, at)


def threads(table: DemoTable) -> int:
    """Of the daemon, once it has all that it serves with."""
    tasks, end = Path(f"/proc/{table.daemon.pid}/task"), time.monotonic() + SOON_S
    found: list[int] = []
    while time.monotonic() < end and (len(found) < 10 or len(set(found[-10:])) > 1):
        found.append(len(list(tasks.iterdir())))
        time.sleep(0.1)
    return found[-1]


def test_a_round_that_begins_keeps_the_service_and_leaves_nothing_behind(manager, table, office, call):
    """systemd takes STOPPING=1 of a process that goes on as the begin of its end, and kills it ten seconds later."""
    assert "READY=1" in words(manager)
    assert begins(table, ordered_round(table, office, call, ROUND, NEXT))
    before = threads(table)
    assert begins(table, ordered_round(table, office, call, NEXT, "2022-05-r3"))
    assert shown(table, resident(1), "accepted")
    heard = words(manager)
    assert "STOPPING=1" not in heard
    assert "WATCHDOG=1" in heard
    assert threads(table) == before
    table.daemon.stop()
    assert "STOPPING=1" in words(manager)


def test_no_order_ends_a_table_whose_file_is_being_written_or_brings_a_round_in_which_it_could_not_start(
    table, office, call
):
    """Either would end it with a status after which the service manager does not start it again."""
    with (table.state / "kiosk.toml").open("a", encoding="utf-8") as config:
        config.write("\n[orders]\nkey = ")
    assert begins(table, ordered_round(table, office, call, ROUND, NEXT))
    assert any(record["event"] == "configuration-not-read" for record in table.daemon.records)
    back = ordered_round(table, office, call, NEXT, ROUND)
    assert shown(table, back, "refused.order-without-key"), "begun with another key"
    assert shown(table, resident(1), "accepted")


def test_a_round_whose_key_is_another_tables_is_answered_and_the_queue_goes_on(table, office, call):
    (office / "keys").write_text(f"{SigningKey(b'x' * 32).public_key.hex()} wy-0352/a\n", encoding="ascii")
    (office / "round-key").write_text("r" * 64, encoding="ascii")
    given = ["--round-key", office / "round-key", "--voucher-keys", office / "keys"]
    assert call("round", NEXT, "--to", EVERYBODY, *given, *by_broker(table, office))[0] == 0
    assert became(table, call, ("round", "no-key"))
    assert shown(table, resident(1), "accepted")


def test_a_roster_comes_over_the_broker_and_holds_after_a_power_cut(table, office, call, capsys):
    """Larger than any broker takes at once; and another's is not taken."""
    assert main(["roster", "key", "--out", str(office / "district.key")]) == 0
    public = SigningKey(bytes.fromhex((office / "district.key").read_text())).public_key
    table.daemon.stop()
    with (table.state / "kiosk.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[roster]\nfile = "{table.state}/no.roster"\nkey = "{public.hex()}"\n')
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.listens(SOON_S, since)
    round_key = (table.state / "keys" / "round-key").read_bytes().strip()
    for name, key in (("forged", SigningKey(b"x" * 32)), ("true", read_key(office / "district.key"))):
        (office / name).write_bytes(write(list_of(4000), round_key, key))
    assert (office / "true").stat().st_size > 131_072
    at = ["--to", EVERYBODY, "--host", "127.0.0.1", "--port", table.broker.port]
    assert call("roster", office / "forged", *at)[:2] == (0, {"tables": [PLACE.place], "bytes": ANY})
    assert table.daemon.wait_for(lambda r: r["event"] == "roster-not-taken" and "centre" in r["why"], SOON_S)
    assert call("roster", office / "true", *at)[0] == 0
    assert table.daemon.wait_for(lambda r: r["event"] == "roster-read" and r["people"] == 4000, SOON_S)
    assert told(table, "roster-taken")
    table.daemon.kill()
    table.broker.stop()
    since = len(table.daemon.records)
    table.daemon.start()
    assert table.daemon.wait_for(lambda r: r["event"] == "roster-read" and r["people"] == 4000, SOON_S, since)


def list_of(people: int) -> Roster:
    expected = tuple(
        Expected(
            hashlib.sha256(b"%d" % n).digest(), "测**", f"{n // 100}号楼", f"{n % 100}01", n % 100, Status.EXPECTED
        )
        for n in range(people)
    )
    units = tuple(dict.fromkeys(each.unit for each in expected))
    return Roster(ROUND, "wy-0352", RosterHead(1_653_000_000, units), expected)
