"""kiosk receive and kiosk verify as the laboratory and the driver call them."""

import io
import json
import sys

import pytest

from kiosk.cli import main
from kiosk.vouchers.manifest import Line, Manifest, sign
from kiosk.vouchers.token import Signer

SIGNER = Signer(bytes(32))
MANIFEST = sign(
    Manifest("r1/wy-0352/a", "B035200000977", 7, 1_653_000_000, "", (Line("035200000104", 10, 1, 95),)), SIGNER
)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    keys = tmp_path / "keys"
    keys.write_text(f"{SIGNER.public_key.hex()} wy-0352-a\n")

    def run(command, *arguments, scans=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(scans.encode())))
        status = main([command, *arguments, "--keys", str(keys), "--language", "en"])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_all_tubes_of_the_manifest_are_there(call, tmp_path):
    receipt = tmp_path / "receipt.json"
    scans = f"{MANIFEST}\n035200000104\n"
    status, out, _ = call("receive", "--out", str(receipt), "--temperature", "4.5", scans=scans)
    assert status == 0
    assert out.splitlines()[-1] == "All agree  1 tubes, 10 people"
    written = json.loads(receipt.read_text())
    assert (written["agrees"], written["temperature"], written["missing"]) == (True, 4.5, [])


def test_what_disagrees_is_named_and_told_to_programs(call):
    status, out, _ = call("receive", MANIFEST, "--json", scans="035200000298\n")
    told = json.loads(out)
    assert (status, told["agrees"]) == (1, False)
    assert told["missing"] == [{"box": "B035200000977", "code": "035200000104"}]
    assert told["not_on_a_manifest"] == ["035200000298"]
    status, out, _ = call("receive", MANIFEST, scans="035200000298\n")
    assert out.splitlines()[-3:] == [
        "MISSING  035200000104  B035200000977",
        "ON NO MANIFEST  035200000298",
        "They do not agree, see above  1 tubes, 10 people",
    ]


def test_a_receipt_that_cannot_be_written_is_told_and_nothing_is_lost(call, tmp_path):
    status, out, err = call("receive", MANIFEST, "--out", str(tmp_path / "no" / "file"), scans="035200000104\n")
    assert (status, out.splitlines()[-1]) == (73, "All agree  1 tubes, 10 people")
    assert "No such file or directory" in err


def test_without_a_manifest_nothing_agrees(call):
    assert call("receive", scans="035200000104\n")[0] == 1


def test_the_driver_verifies_a_manifest_as_guards_do_a_voucher(call):
    status, out, _ = call("verify", MANIFEST)
    assert (status, out) == (0, "GENUINE MANIFEST  B035200000977  1 tubes, 10 people  2022-05-20 06:40  r1/wy-0352/a\n")
    status, out, _ = call("verify", MANIFEST, "--json")
    assert json.loads(out)["manifest"]["tubes"] == [{"code": "035200000104", "people": 10, "bag": 1, "age_min": 95}]
    assert call("verify", MANIFEST[:-3] + "000")[0] == 1


def test_a_scanner_that_names_its_symbologies_ticks_off_as_any_other(call):
    status, out, _ = call("receive", scans=f"]Q1{MANIFEST}\n]C1035200000104\n")
    assert (status, out.splitlines()[-1]) == (0, "All agree  1 tubes, 10 people")


@pytest.mark.parametrize("degrees", ["nan", "inf", "cold"])
def test_a_temperature_is_a_number(call, capsys, degrees):
    with pytest.raises(SystemExit):
        call("receive", MANIFEST, "--temperature", degrees)
    assert "must be a number of degrees" in capsys.readouterr().err
