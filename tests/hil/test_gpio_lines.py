"""The panel on the kernel's lines, through gpiozero: only in `--rig=vm`, on simulated ones that keep their level."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.gpio_lines import Ask, take
from drivers.gpio_panel import GpioPanel, PanelPins
from kiosk.ports import Button, DeviceGone, Signal
from kiosk.virtual.demo.settings import LAMPS, DemoSettings
from kiosk.virtual.demo.table import DemoTable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(280)]

CHIP = "/dev/gpiochip0"
PATIENCE_S = 120
"""The guest's processor is played by another one."""
TRIES = 1000
PINS: dict[str, Any] = dict(LAMPS)


@pytest.fixture(autouse=True)
def _in_the_guest(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rig") != "vm":
        pytest.skip("simulated GPIO lines are in the guest of the vm rig")


def of_line(pin: int, name: str) -> Path:
    [chip] = Path("/sys/devices/platform/gpio-sim.0").glob("gpiochip*")
    return chip / f"sim_gpio{pin}" / name


def level(pin: int) -> int:
    return int(of_line(pin, "value").read_text())


def levels() -> dict[str, int]:
    return {name: level(pin) for name, pin in LAMPS.items()}


def wait_for(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.002)
    return holds()


def press(pin: int) -> None:
    for pull in ("pull-down", "pull-up"):
        of_line(pin, "pull").write_text(pull)
        time.sleep(0.3)


@pytest.fixture
def panel() -> Iterator[GpioPanel]:
    of_line(24, "pull").write_text("pull-up")
    panel = GpioPanel(PanelPins(**PINS, buttons={Button.NO: 24}))
    yield panel
    panel.close()


def test_lamps_are_lit_and_dark_after_closing(panel: GpioPanel) -> None:
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    panel.show(Signal.REFUSED)
    assert wait_for(lambda: levels() == {"ready": 1, "accepted": 0, "refused": 1, "attention": 0, "buzzer": 1}, 10)
    panel.close()
    assert not any(levels().values())


def test_a_button_is_heard_once_each_time_and_after_opening_anew(panel: GpioPanel) -> None:
    pressed: list[Button] = []
    for times in (1, 2):
        panel.open(pressed.append)
        press(24)
        assert wait_for(lambda times=times: len(pressed) == times, 10)  # type: ignore[misc]
        panel.close()
    time.sleep(0.3)
    assert pressed == [Button.NO] * 2


def switches() -> int:
    """How often threads of this process have been woken; those of a library too."""
    texts = [path.read_text() for path in Path("/proc/self/task").glob("*/status")]
    return sum(int(text.partition("\nvoluntary_ctxt_switches:")[2].split()[0]) for text in texts)


def woken_in(seconds: float) -> int:
    before = switches()
    time.sleep(seconds)
    return switches() - before


def test_an_idle_panel_wakes_nobody_where_lgpio_looks_all_the_time(panel: GpioPanel) -> None:
    from gpiozero import DigitalInputDevice
    from gpiozero.pins.lgpio import LGPIOFactory

    panel.open(lambda _: None)
    panel.show(Signal.READY)
    ours = woken_in(5)
    panel.close()
    factory = LGPIOFactory()
    key = DigitalInputDevice(24, pull_up=True, pin_factory=factory)
    key.when_activated = lambda: None
    lgpios = woken_in(5)
    key.close()
    factory.close()
    Path("/dev/console").write_text(f"woken in 5 s: {ours}; by lgpio: {lgpios}\n")
    assert ours <= 5
    assert lgpios > 100 * ours


def test_a_thousand_tries_at_a_line_that_another_has_leave_nothing(panel: GpioPanel) -> None:
    held = take(CHIP, LAMPS["buzzer"], Ask.OUTPUT)
    before = []
    for _ in range(TRIES):
        with pytest.raises(DeviceGone, match="busy"):
            panel.open(lambda _: None)
        before.append((len(os.listdir("/proc/self/fd")), threading.active_count()))  # noqa: PTH208
    assert before[-1] == before[0]
    os.close(held)
    panel.open(lambda _: None)
    panel.show(Signal.READY)
    assert level(LAMPS["ready"]) == 1


@pytest.fixture
def table(tmp_path: Path) -> Iterator[DemoTable]:
    with DemoTable(DemoSettings(), tmp_path / "state") as table:
        config = table.state / "kiosk.toml"
        wired, kernels = '"kiosk.virtual.pins:WiredFactory"', '"kernel"'
        text = config.read_text("utf-8")
        assert wired in text
        config.write_text(text.replace(wired, kernels), "utf-8")
        yield table


def stop_post(state: Path) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "kiosk", "dark", "--json", "--state", str(state)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    told: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, told


def test_killed_in_mid_beep_the_lines_stay_and_the_command_puts_them_out(table: DemoTable) -> None:
    for _ in range(5):
        table.daemon.start()
        assert wait_for(lambda: level(LAMPS["ready"]) == 1), table.daemon.records[-5:]
        noise = (table.scanner.present(b"?%d" % number) for number in range(40))
        assert any(wait_for(lambda: level(LAMPS["buzzer"]) == 1, 2) for _ in noise), table.daemon.records[-5:]
        table.daemon.kill()
        if level(LAMPS["buzzer"]):
            break
    assert (level(LAMPS["buzzer"]), level(LAMPS["ready"])) == (1, 1), "as on the Pi, the level stays"
    assert stop_post(table.state) == (0, {"dark": sorted(LAMPS.values()), "lit": []})
    assert not any(levels().values())


def test_of_a_running_kiosk_no_lamp_is_put_out_and_its_own_end_puts_out_all(table: DemoTable) -> None:
    table.daemon.start()
    assert wait_for(lambda: level(LAMPS["ready"]) == 1), table.daemon.records[-5:]
    status, told = stop_post(table.state)
    assert (status, [each["pin"] for each in told["lit"]]) == (75, sorted(LAMPS.values()))
    assert level(LAMPS["ready"]) == 1
    assert table.daemon.stop(PATIENCE_S) == 0
    assert not any(levels().values())
