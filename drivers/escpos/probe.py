"""Asks an ESC/POS printer that nobody knows what it can say, and has it print the calibration slip."""

import contextlib

from drivers.escpos.asking import Asking
from drivers.escpos.script import ClockedLine, Script, T, perform
from kiosk.ports import DeviceError, PrinterFacts, PrinterState


class EscposProbe:
    """A PrinterProbe over any line."""

    def __init__(self, line: ClockedLine) -> None:
        self._line = line
        self._asking = Asking(line.name, line.byte_s)

    def open(self) -> None:
        self._line.open()
        self._perform(self._asking.opening())

    def state(self) -> PrinterState:
        return self._perform(self._asking.state())

    def facts(self) -> PrinterFacts:
        return self._perform(self._asking.facts())

    def calibrate(self) -> PrinterState:
        return self._perform(self._asking.calibrating())

    def close(self) -> None:
        with contextlib.suppress(DeviceError):
            self._perform(self._asking.leaving())
        self._line.close()

    def _perform(self, script: Script[T]) -> T:
        return perform(script, self._line, self._asking)
