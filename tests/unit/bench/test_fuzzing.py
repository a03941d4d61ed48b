"""The command that feeds the decoders noise: that it runs, and that it fails when a decoder does."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import fuzz_decoders
from fuzz_decoders import Share, worked

FOLDER = Path(__file__).parents[2] / "bench"
DECODERS = {
    "credentials.understand",
    "credentials.mrz",
    "voucher_token.read",
    "base45.decode",
    "cbor.loads",
    "drivers.id_card.frames",
    "drivers.scan_frames",
    "drivers.serial_scanner.language",
    "drivers.escpos.replies",
    "drivers.hid_scanner.keys",
}


def test_a_short_run_feeds_every_decoder():
    command = [sys.executable, str(FOLDER / "fuzz_decoders.py"), "--inputs", "100", "--processes", "1", "--seed", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {line.split()[0] for line in done.stdout.splitlines() if "100 inputs" in line} == DECODERS


def test_an_exception_that_is_not_declared_is_told_with_its_input(monkeypatch):
    name = "voucher_token.read"
    share = Share(name, "seed", 50)
    assert worked(share).fault == ""
    monkeypatch.setitem(fuzz_decoders.DECODERS, name, replace(fuzz_decoders.DECODERS[name], declared=()))
    fault = worked(share).fault
    assert "NotOurs" in fault
    assert "input b'" in fault
