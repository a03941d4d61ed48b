"""Starting: twice on one journal, over a torn cache, into a folder that is somebody else's."""

import subprocess
import sys

import pytest

from kiosk.virtual.demo.daemon import Daemon


def kiosk(*arguments):
    command = [sys.executable, "-m", "kiosk", *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=50)


def test_a_second_kiosk_on_the_same_journal_does_not_start(table):
    config, keys = table.state / "kiosk.toml", table.state / "keys"
    second = kiosk("run", "--config", str(config), "--credentials", str(keys))
    assert second.returncode == 74
    assert "another kiosk runs on" in second.stderr
    assert table.daemon.running()


@pytest.mark.parametrize("torn", [b"", b"\x80\x02}"])
def test_a_cache_that_a_power_cut_tore_is_made_anew(make_table, torn):
    table = make_table()
    version = ".".join(map(str, sys.version_info[:3]))
    (table.state / f"{version}.capabilities.pickle").write_bytes(torn)
    table.daemon.start()
    assert table.daemon.wait_for(lambda record: record["event"] == "ready", 20), table.daemon.records


def test_killed_again_and_again_while_it_starts(make_table):
    table = make_table()
    for tenths in range(2, 12, 2):
        table.daemon.start()
        table.daemon.wait_for(lambda _: False, tenths / 10, len(table.daemon.records))
        table.daemon.kill()
    since = len(table.daemon.records)
    table.daemon.start()
    assert isinstance(table.daemon, Daemon)
    assert table.daemon.wait_for(lambda record: record["event"] == "ready", 20, since), table.daemon.records[since:]


def test_the_demo_never_clears_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "thesis.txt").write_text("three years", encoding="utf-8")
    done = kiosk("demo", "--residents", "1", "--out", str(tmp_path))
    assert done.returncode == 73
    assert "name another folder" in done.stderr
    assert (tmp_path / "state" / "thesis.txt").read_text(encoding="utf-8") == "three years"


@pytest.mark.parametrize("arguments", [("--baud", "0"), ("--speed", "-5"), ("--residents", "-1"), ("--pool", "7")])
def test_odd_arguments_of_the_demo_are_refused(arguments):
    done = kiosk("demo", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
