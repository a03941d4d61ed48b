"""A small district simulated with all that befalls one: every number adds up, and what does not is told."""

import json
import subprocess
import sys

import pytest

from kiosk.cli import main
from kiosk.virtual.broker import find_mosquitto

pytestmark = pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")


def test_the_board_the_journals_and_the_truth_agree_to_the_person_and_each_record_opens_once(tmp_path):
    faults = "outages=0.4,reboots=6,lost=3,clocks=3,restarts=1,kills=1,bridges=2"
    words = ["--points", "8", "--people", "40", "--hours", "6", "--speed", "0", "--faults", faults, "--seed", "5"]
    chart = tmp_path / "chart.svg"
    command = [sys.executable, "-m", "kiosk", "simulate", *words, "--json", "--chart", str(chart)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert found["board"] == found["truth"] == found["accepted"] - found["gone"]
    assert found["lives"] > 8
    assert (found["records_missing"], found["in_two_tubes"], found["not_opened"], found["unsaid"]) == (0, 0, 0, 0)
    assert chart.read_text(encoding="utf-8").count("<polyline") == 2


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--chart", "/nowhere/chart.svg"), 73),
        (("--folder", "/proc/nowhere"), 73),
        (("--hours", "0"), 2),
        (("--hours", "-1"), 2),
        (("--speed", "-1"), 2),
        (("--faults", "outages=2"), 2),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_played(words, status, capsys):
    try:
        found = main(["simulate", "--points", "1", *words])
    except SystemExit as end:
        found = end.code if isinstance(end.code, int) else 1
    told = capsys.readouterr()
    assert (found, told.out) == (status, "")
    assert "fault of the kiosk" not in told.err
