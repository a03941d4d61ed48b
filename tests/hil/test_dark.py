"""However a kiosk ends, its lamps are dark and its buzzer is silent: by itself, or by the command that follows."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from drivers import darkness
from drivers.darkness import Lit, remember
from kiosk.cli import main
from kiosk.virtual.demo.settings import LAMPS
from kiosk.virtual.unread_log import UnreadLog

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PATIENCE_S = 20
DEFAULT_IS_TO_END = [signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO]
DEFAULT_IS_TO_HALT = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]


def lit(table, *names):
    return table.pins.wait_for(lambda values: all(values.get(LAMPS[name]) for name in names), PATIENCE_S)


def dark(table, seconds=5.0):
    return table.pins.wait_for(lambda values: not any(values.get(pin) for pin in LAMPS.values()), seconds)


def stop_post(table, *arguments):
    """What the unit runs after each end."""
    command = [sys.executable, "-m", "kiosk", "dark", "--state", str(table.state), *arguments]
    environment = os.environ | {"KIOSK_VIRTUAL_PINS": str(table.pins.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50)


def beep(table):
    """A table in the midst of a refusal's three beeps, READY lit."""
    table.daemon.start()
    assert lit(table, "ready")
    table.scanner.present(b"?")
    assert lit(table, "buzzer", "ready")
    return table


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPWR])
def test_whoever_asks_for_an_end_in_mid_beep_gets_it_in_good_order_and_dark(make_table, number):
    table = beep(make_table())
    assert table.daemon.end(number, PATIENCE_S) == 0
    assert dark(table)


def test_a_stray_signal_ends_nothing(make_table):
    table = beep(make_table())
    for number in (*DEFAULT_IS_TO_END, *DEFAULT_IS_TO_HALT, signal.SIGRTMIN, signal.SIGRTMAX, signal.SIGPIPE):
        os.kill(table.daemon.pid, number)
    table.pins.changes.clear()
    table.scanner.present(b"??")
    assert table.pins.wait_for(lambda _: any(change.pin == LAMPS["refused"] for change in table.pins.changes), 10)
    assert table.daemon.stop() == 0
    assert dark(table)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_after_an_end_in_mid_beep_that_it_knows_nothing_of_the_command_puts_all_out(make_table, number):
    table = beep(make_table())
    assert table.daemon.end(number, PATIENCE_S) == -number
    assert lit(table, "buzzer", "ready"), "the pins keep their level"
    done = stop_post(table, "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"dark": sorted(LAMPS.values()), "lit": []}), done.stderr
    assert dark(table, 0)


def test_no_green_lamp_is_left_over_a_kiosk_that_cannot_start_again(make_table):
    table = beep(make_table())
    table.daemon.kill()
    (table.state / "kiosk.toml").write_text("[point]\n", "utf-8")
    table.daemon.start()
    assert table.daemon.wait(PATIENCE_S) == 78
    assert stop_post(table).returncode == 0
    assert dark(table, 0)


def test_a_table_that_starts_shows_nothing_before_it_can_serve(make_table):
    table = make_table()
    table.daemon.start()
    assert lit(table, "ready")
    assert table.daemon.wait_for(lambda record: record["event"] == "ready", 5)
    lit_first = [change.pin for change in table.pins.changes if change.value]
    assert lit_first in ([LAMPS["ready"]], [LAMPS["attention"], LAMPS["ready"]])


def test_a_fault_of_its_own_leaves_nothing_lit(make_table):
    table = beep(make_table())
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        with (table.state / name).open("r+b") as file:
            file.write(b"no journal any more" * 1000)
    end = time.monotonic() + PATIENCE_S
    while table.daemon.running() and time.monotonic() < end:
        table.scanner.present(b"KS-nothing")
        time.sleep(0.2)
    assert table.daemon.wait(1) in {70, 74}
    assert dark(table)


def test_the_log_being_unread_keeps_no_lamp_lit(make_table):
    with UnreadLog() as unread:
        table = make_table()
        table.daemon.start(unread.written)
        assert lit(table, "ready")
        unread.fill()
        assert table.daemon.stop() == 0
        assert dark(table)


# --- the command, without a table


def dark_command(state, capsys):
    status = main(["dark", "--state", str(state), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_where_nothing_was_ever_lit_there_is_nothing_to_do(tmp_path, capsys):
    assert dark_command(tmp_path, capsys) == (0, {"dark": [], "lit": []})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"factory": "kernel"}', '{"factory": 1, "chip": 2, "pins": 3}', "\xff"]
)
def test_what_cannot_be_read_is_told(tmp_path, capsys, text):
    (tmp_path / "panel.json").write_text(text, "latin-1")
    status, told = dark_command(tmp_path, capsys)
    assert status == 1
    assert "panel.json" in told["why"]


def test_a_chip_that_is_gone_is_told_pin_by_pin(tmp_path, capsys):
    remember(tmp_path, Lit("kernel", str(tmp_path / "gpiochip0"), (5, 17)))
    why = os.strerror(errno.ENOENT)
    told = {"dark": [], "lit": [{"pin": 5, "why": why}, {"pin": 17, "why": why}]}
    assert dark_command(tmp_path, capsys) == (1, told)


def test_pins_that_a_running_kiosk_has_are_left_to_it(tmp_path, capsys, monkeypatch):
    remember(tmp_path, Lit("kernel", "/dev/gpiochip0", (5, 17)))

    def put_low(_chip, line):
        if line == 17:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(darkness, "put_low", put_low)
    why = os.strerror(errno.EBUSY)
    assert dark_command(tmp_path, capsys) == (75, {"dark": [5], "lit": [{"pin": 17, "why": why}]})
    assert main(["dark", "--state", str(tmp_path)]) == 75
    assert "stop it first" in capsys.readouterr().out


def test_a_pin_factory_that_is_no_more_is_told(tmp_path, capsys):
    remember(tmp_path, Lit("of-another-release", None, (5,)))
    why = "no pin factory named of-another-release"
    assert dark_command(tmp_path, capsys) == (1, {"dark": [], "lit": [{"pin": 5, "why": why}]})


def test_which_pins_are_lit_is_written_once_and_not_at_each_start(tmp_path):
    remember(tmp_path, Lit("kernel", "/dev/gpiochip0", (5, 17)))
    first = (tmp_path / "panel.json").stat()
    remember(tmp_path, Lit("kernel", "/dev/gpiochip0", (5, 17)))
    assert (tmp_path / "panel.json").stat().st_ino == first.st_ino
    remember(tmp_path, Lit("kernel", "/dev/gpiochip0", (5, 18)))
    assert darkness.recall(tmp_path) == Lit("kernel", "/dev/gpiochip0", (5, 18))


def test_a_disk_that_takes_nothing_keeps_no_panel_from_being_used(tmp_path):
    remember(tmp_path / "not-there", Lit("kernel", "/dev/gpiochip0", (5,)))
    assert darkness.recall(tmp_path) is None


def test_it_reads_no_configuration_and_loads_no_table(tmp_path):
    """It stands between a kill and the next start."""
    script = "import sys; from kiosk.cli import main; status = main(['dark', '--state', sys.argv[1]]); "
    script += (
        "print(status, *sorted({'pydantic', 'gpiozero', 'sqlite3', 'kiosk.app', 'kiosk.config'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, timeout=50)
    assert done.stdout.splitlines()[-1] == "0"
