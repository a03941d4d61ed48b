"""A process that crashes leaves no image of its memory, through which identities pass."""

import signal
import sys

import pytest


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_crash_leaves_no_core_though_whoever_started_it_allows_one(make_table, tmp_path, number):
    table, folder = make_table(), tmp_path / "cwd"
    folder.mkdir()
    allow = 'cd "$1" && shift && ulimit -c unlimited && exec "$@"'
    table.daemon.kiosk = ("sh", "-c", allow, "sh", str(folder), sys.executable, "-m", "kiosk")
    table.daemon.start()
    assert table.daemon.listens(20, 0)
    since = len(table.daemon.records)
    table.scanner.present(b"110199199001010010")
    assert table.daemon.wait_for(lambda record: record.get("key") == "accepted", 10, since)
    assert table.daemon.end(number, 10.0) == -number
    assert list(folder.iterdir()) == []
