"""Real gpiozero devices on wired pins, and the board at the other end of the socket."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gpiozero import LED, PWMLED, Button, Buzzer, TonalBuzzer
from gpiozero.tones import Tone

from kiosk.virtual.pins import PinBoard, PinChange, WiredFactory

LIMIT_S = 20.0

DAEMON = """
import gpiozero, signal
lamp = gpiozero.LED(17)
button = gpiozero.Button(5)
button.when_pressed = lamp.on
button.when_released = lamp.off
ready = gpiozero.LED(27, initial_value=True)
hold = gpiozero.LED(22, initial_value=button.is_pressed)
signal.pause()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pins"


@pytest.fixture
def board(path: Path) -> Iterator[PinBoard]:
    with PinBoard(path) as board:
        yield board


@pytest.fixture
def factory(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WiredFactory]:
    monkeypatch.setenv("KIOSK_VIRTUAL_PINS", str(path))
    factory = WiredFactory()
    yield factory
    factory.close()


def values_of(board: PinBoard, pin: int) -> list[float]:
    return [change.value for change in board.changes if change.pin == pin]


class TestOutputs:
    def test_a_lamp_tells_each_change_with_its_time(self, board: PinBoard, factory: WiredFactory) -> None:
        before = time.monotonic()
        lamp = LED(17, pin_factory=factory)
        lamp.on()
        lamp.off()
        after = time.monotonic()
        assert board.wait_for(lambda _: len(board.changes) == 3, LIMIT_S)
        assert [change[:2] for change in board.changes] == [(17, 0.0), (17, 1.0), (17, 0.0)]
        assert before <= board.changes[0].at <= board.changes[1].at <= board.changes[2].at <= after

    def test_a_buzzer_that_beeps(self, board: PinBoard, factory: WiredFactory) -> None:
        buzzer = Buzzer(18, pin_factory=factory)
        buzzer.beep(on_time=0.01, off_time=0.01, n=2, background=False)
        assert board.wait_for(lambda _: len(values_of(board, 18)) == 5, LIMIT_S)
        assert values_of(board, 18) == [0.0, 1.0, 0.0, 1.0, 0.0]

    def test_a_tone_is_half_on(self, board: PinBoard, factory: WiredFactory) -> None:
        buzzer = TonalBuzzer(12, pin_factory=factory)
        buzzer.play(Tone(midi=69))
        assert board.wait_for(lambda values: values.get(12) == 0.5, LIMIT_S)
        buzzer.stop()
        assert board.wait_for(lambda values: values.get(12) == 0.0, LIMIT_S)

    def test_a_dimmed_lamp_tells_its_level(self, board: PinBoard, factory: WiredFactory) -> None:
        lamp = PWMLED(13, pin_factory=factory)
        lamp.value = 0.25
        assert board.wait_for(lambda values: values.get(13) == 0.25, LIMIT_S)

    def test_a_lamp_wired_active_low_tells_the_pin_not_the_light(self, board: PinBoard, factory: WiredFactory) -> None:
        lamp = LED(17, active_high=False, pin_factory=factory)
        assert board.wait_for(lambda values: values.get(17) == 1.0, LIMIT_S)
        lamp.on()
        assert board.wait_for(lambda values: values.get(17) == 0.0, LIMIT_S)

    def test_on_change_is_called_for_each_change(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[PinChange] = []
        done = threading.Event()

        def note(change: PinChange) -> None:
            seen.append(change)
            if change.value == 1.0:
                done.set()

        with PinBoard(path, on_change=note) as board:
            monkeypatch.setenv("KIOSK_VIRTUAL_PINS", str(path))
            factory = WiredFactory()
            lamp = LED(17, pin_factory=factory)
            lamp.on()
            assert done.wait(LIMIT_S)
            assert [change.value for change in seen] == [0.0, 1.0]
            lamp.close()
            factory.close()
        assert seen == board.changes

    def test_waiting_in_vain_says_so(self, board: PinBoard) -> None:
        assert not board.wait_for(lambda values: 17 in values, 0.01)


class TestInputs:
    def test_a_finger_presses_and_releases_a_button(self, board: PinBoard, factory: WiredFactory) -> None:
        events: list[str] = []
        released = threading.Event()
        button = Button(5, pin_factory=factory)

        def note_press() -> None:
            events.append("pressed")

        def note_release() -> None:
            events.append("released")
            released.set()

        button.when_pressed, button.when_released = note_press, note_release
        assert board.wait_connected(LIMIT_S)
        board.press(5, 0.01)
        assert released.wait(LIMIT_S)
        assert events == ["pressed", "released"]

    def test_a_button_held_down_before_it_was_made_is_down(self, board: PinBoard, factory: WiredFactory) -> None:
        assert board.wait_connected(LIMIT_S)
        board.drive(5, "low")
        deadline = time.monotonic() + LIMIT_S
        while factory.driven.get(5) != "low" and time.monotonic() < deadline:
            time.sleep(0.001)
        assert Button(5, pin_factory=factory).is_pressed
        assert not Button(6, pin_factory=factory).is_pressed

    def test_an_output_cannot_be_driven(self, board: PinBoard, factory: WiredFactory) -> None:
        lamp, button = LED(17, pin_factory=factory), Button(5, pin_factory=factory)
        lamp.on()
        assert board.wait_connected(LIMIT_S)
        board.drive(17, "low")
        board.drive(5, "low")
        assert button.wait_for_press(LIMIT_S)
        assert lamp.is_lit

    def test_a_handler_that_fails_does_not_cut_the_wire(
        self, board: PinBoard, factory: WiredFactory, caplog: pytest.LogCaptureFixture
    ) -> None:
        good, bad = Button(5, pin_factory=factory), Button(6, pin_factory=factory)

        def fail() -> None:
            raise RuntimeError("a mistake in the product")

        bad.when_pressed = fail
        assert board.wait_connected(LIMIT_S)
        board.drive(6, "low")
        board.drive(5, "low")
        assert good.wait_for_press(LIMIT_S)
        assert "a handler of pin 6 failed" in caplog.text


class TestAlone:
    def test_without_the_variable_it_is_a_plain_mock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("KIOSK_VIRTUAL_PINS", raising=False)
        before = threading.active_count()
        factory = WiredFactory()
        lamp = LED(17, pin_factory=factory)
        lamp.on()
        assert lamp.pin.state == 1.0
        assert threading.active_count() == before
        factory.close()

    def test_a_board_that_comes_late_gets_the_present_values(self, path: Path, factory: WiredFactory) -> None:
        # gpiozero closes a device, and puts its pin out, when nobody holds it any more.
        lamp, other = LED(17, pin_factory=factory), LED(27, pin_factory=factory)
        lamp.on()
        with PinBoard(path) as board:
            assert board.wait_for(lambda values: values == {17: 1.0, 27: 0.0}, LIMIT_S)
        assert not other.is_lit

    def test_a_board_that_goes_and_comes_back(self, path: Path, factory: WiredFactory) -> None:
        lamp, steady = LED(17, pin_factory=factory), LED(27, initial_value=True, pin_factory=factory)
        board = PinBoard(path)
        with board:
            assert board.wait_connected(LIMIT_S)
            lamp.on()
            assert board.wait_for(lambda values: values.get(17) == 1.0, LIMIT_S)
        lamp.off()
        lamp.on()
        lamp.off()
        with board:
            assert board.wait_for(lambda values: values.get(17) == 0.0, LIMIT_S)
            assert board.wait_for(lambda values: values.get(27) == 1.0, LIMIT_S)
            lamp.on()
            assert board.wait_for(lambda values: values.get(17) == 1.0, LIMIT_S)
        assert values_of(board, 17)[-3:] == [1.0, 0.0, 1.0]
        assert values_of(board, 27) == [1.0]
        assert steady.is_lit

    def test_a_board_that_does_not_read_holds_nobody_up(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("KIOSK_VIRTUAL_PINS", str(path))
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
            deaf.bind(str(path))
            deaf.listen()
            factory = WiredFactory()
            lamp = LED(17, pin_factory=factory)
            for _ in range(20_000):
                lamp.toggle()
            assert not lamp.is_lit
            factory.close()


class TestProcesses:
    def test_the_board_survives_a_daemon_that_is_killed_and_started_again(self, board: PinBoard, path: Path) -> None:
        for _ in range(2):
            with self._daemon(path):
                assert board.wait_for(lambda values: values.get(22) == 0.0 and board.connected, LIMIT_S)
                assert board.values[27] == 1.0
                board.drive(5, "low")
                assert board.wait_for(lambda values: values.get(17) == 1.0, LIMIT_S)
                board.drive(5, "high")
                assert board.wait_for(lambda values: values.get(17) == 0.0, LIMIT_S)
            assert board.wait_for(lambda _: not board.connected, LIMIT_S)
            board.values.clear()

    @staticmethod
    @contextmanager
    def _daemon(path: Path) -> Iterator[None]:
        environment = {**os.environ, "KIOSK_VIRTUAL_PINS": str(path), "GPIOZERO_PIN_FACTORY": "kiosk-virtual"}
        process = subprocess.Popen([sys.executable, "-W", "error", "-c", DAEMON], env=environment)
        try:
            yield
        finally:
            process.kill()
            process.wait()
