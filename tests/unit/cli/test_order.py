"""`kiosk order`: what is wrong is said before anything is ordered, and a program can read what was."""

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main
from kiosk.credentials import voucher_number
from kiosk.credentials.round_keys import opened
from kiosk.model.orders import BeginRound, Collect, Say, Withdraw
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import verify
from kiosk_file import GOOD

TO = "cn/r1/+/+"
SEED = b"s" * 32


@pytest.fixture
def office(tmp_path: Path, call) -> Path:
    assert call("order", "key", "--out", tmp_path / "centre.key")[0] == 0
    (tmp_path / "r2.key").write_text("r" * 64)
    (tmp_path / "keys").write_text(f"# of the guards\n{SigningKey(SEED).public_key.hex()} wy-0352/a\n")
    return tmp_path


def public_of(office: Path) -> bytes:
    return SigningKey(bytes.fromhex((office / "centre.key").read_text())).public_key


def test_the_key_is_its_owners_alone_and_is_never_made_anew(office, call):
    assert (office / "centre.key").stat().st_mode & 0o777 == 0o600
    status, _, err = call("order", "key", "--out", office / "centre.key")
    assert (status, "Nothing was changed" in err) == (73, True)


@pytest.mark.parametrize(
    ("words", "command"),
    [(("say", "雨大"), Say), (("collect", "15"), Collect), (("withdraw", voucher_number("0352", 1)), Withdraw)],
)
def test_without_a_broker_it_says_the_text_that_a_qr_or_a_stick_carries(office, call, words, command):
    status, out, _ = call("order", *words, "--to", TO, "--signing-key", office / "centre.key", "--json")
    said = json.loads(out)
    order = verify(said["texts"][0], [public_of(office)])
    assert (status, said["kind"], order.whom) == (0, words[0], ("cn", "r1", "+", "+"))
    assert isinstance(order.command, command)


def test_a_picture_and_a_file_hold_the_same_text(office, call):
    given = "--signing-key", office / "centre.key", "--qr", office / "qr", "--out", office / "stick"
    status, out, _ = call("order", "codes", "1", "--to", TO, *given)
    assert status == 0
    stick, picture = map(Path, out.splitlines())
    [read] = zxingcpp.read_barcodes(Image.open(picture), formats=zxingcpp.BarcodeFormat.QRCode)
    assert read.text == stick.read_text().strip()


def test_a_round_is_ordered_of_each_table_with_its_own_sealed_key(office, call):
    given = "--round-key", office / "r2.key", "--voucher-keys", office / "keys", "--signing-key", office / "centre.key"
    status, out, _ = call("order", "round", "r2", "--to", TO, *given, "--json")
    [order] = [verify(text, [public_of(office)]) for text in json.loads(out)["texts"]]
    assert (status, order.whom) == (0, ("cn", "r1", "wy-0352", "a"))
    assert isinstance(order.command, BeginRound)
    assert opened(order.command.key, SEED, "cn/r2/wy-0352/a") == b"r" * 64


@pytest.mark.parametrize(
    ("words", "to", "says"),
    [
        (("say", "x" * 81), TO, "no order that a table would take"),
        (("say", "雨"), "cn/r1/+", "region/round/point/kiosk"),
        (("say", "雨"), "+/r1/+/+", "must name the region and the round"),
        (("say", "雨"), "CN/r1/+/+", "a-z, 0-9 and -"),
        (("say", "雨", "--for", "1441"), TO, "at most a day"),
        (("collect", "0"), TO, "must be more than 0"),
        (("withdraw", "V0352000000100"), TO, "no voucher's number"),
        (("codes", "1000"), TO, "at most 999"),
    ],
)
def test_what_cannot_be_ordered_is_said_and_nothing_is(office, capsys, words, to, says):
    command = ["order", *words, "--to", to, "--signing-key", str(office / "centre.key")]
    with suppress(SystemExit):
        assert main(command) == 69
    told = capsys.readouterr()
    assert says in told.err
    assert "KO1:" not in told.out


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"--round-key": "nowhere"}, 69, "No such file"),
        ({"--voucher-keys": "nowhere"}, 78, "No such file"),
        ({"--signing-key": "nowhere"}, 78, "No such file"),
        ({"--signing-key": "keys"}, 78, "is not 64 hex digits"),
        ({"--to": "cn/r1/wy-9999/+"}, 69, "names no table of"),
        ({"--to": "cn/r2/+/+"}, 69, "is the round that these tables are in"),
    ],
)
def test_what_is_missing_for_a_round_is_said_by_its_file(office, call, change, status, says):
    given = {"--round-key": "r2.key", "--voucher-keys": "keys", "--signing-key": "centre.key"}
    files = {name: office / file for name, file in (given | change).items() if name != "--to"}
    words = [part for pair in files.items() for part in pair]
    found, out, err = call("order", "round", "r2", "--to", change.get("--to", TO), *words)
    assert (found, says in err, out) == (status, True, ""), err


def test_a_broker_that_is_not_there_is_said_and_nothing_was_ordered(office, call):
    given = "--signing-key", office / "centre.key", "--host", "127.0.0.1", "--port", "1"
    status, _, err = call("order", "collect", "15", "--to", TO, *given)
    assert (status, "Nothing was ordered over the broker" in err) == (69, True)


def test_a_table_takes_its_own_orders_of_a_stick_and_says_how_many_are_others(office, call):
    config = office / "kiosk.toml"
    config.write_text(f'{GOOD}[state]\ndirectory = "{office}"\n[orders]\nkey = "{public_of(office).hex()}"\n')
    here = "cn-511781/2022-05-r1/wy-0352/a"
    for to in (here, "cn-511781/2022-05-r1/wy-0353/a", "cn-511781/2022-05-r2/+/+"):
        given = "--signing-key", office / "centre.key", "--out", office / "stick" / to.replace("/", "-")
        assert call("order", "collect", "15", "--to", to, *given)[0] == 0
    (office / "stick" / "strange.order").write_text("KO1:NOTHING\n")
    status, out, err = call("order", "take", office / "stick", "--config", config)
    assert (status, "1 orders for cn-511781/2022-05-r1/wy-0352/a; 2 for other tables or rounds" in out) == (1, True)
    assert "1 are not signed by the centre" in err
    assert len(list((office / "brought" / "orders").iterdir())) == 1
    os.mkfifo(office / "stick" / "pipe.order")
    (office / "stick" / "folder.order").mkdir()
    (office / "stick" / "again.order").write_bytes(next(iter((office / "brought" / "orders").iterdir())).read_bytes())
    status, out, _ = call("order", "take", office / "stick", "--config", config)
    assert (status, "1 orders for" in out) == (1, True), "neither waits for what is no file, nor counts one twice"
    assert call("order", "take", office / "nowhere", "--config", config)[0] == 69
    config.write_text(f'{GOOD}[state]\ndirectory = "{office}"\n')
    status, _, err = call("order", "take", office / "stick", "--config", config)
    assert (status, "names nobody who may order" in err) == (69, True)
