"""A code scanner on a serial line or USB-CDC."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator

from drivers.scan_frames import DOUBT_AT, Framing, TooLong, Torn
from drivers.serial_port import SerialPort
from drivers.serial_scanner.orders import Answer, Model
from drivers.serial_scanner.talk import Code, Event, NoRead, Send, talk
from kiosk.ports import DeviceError, DeviceSilent, FrameError, FrameTooLong, TextScan

ORDER_GAP_S = 0.05
"""Newland wants this long a pause between two orders; it does the others no harm."""
ANSWER_S = 5.0
"""A scanner that answers orders does so within this time."""


class SerialScanner:
    """A Scanner over pyserial, 8N1. With `rearm_s` the host starts each reading, again after so many seconds without
    a code: the time-out that the scanner is set to."""

    def __init__(
        self,
        port: str,
        baud: int = 9600,
        framing: Framing = Framing.CR,
        model: Model = Model.PLAIN,
        rearm_s: float | None = None,
    ) -> None:
        self._port = SerialPort("scanner", port, baud)
        self._language = (model, framing, baud)
        self._talk = talk(*self._language)
        self._rearm_s = rearm_s if self._talk.orders is not None else None
        self._ready: deque[Code | TooLong | Torn] = deque()
        self._arm_at = 0.0
        self._answer_by: float | None = None

    @property
    def heard_ns(self) -> int:
        """When the last byte came, monotonic nanoseconds."""
        return self._port.heard_ns

    def open(self) -> None:
        """Raises DeviceGone, and DeviceSilent if the scanner does not take the order to read."""
        self._port.open()
        self._port.discard_input()
        self._talk = talk(*self._language)
        self._ready.clear()
        self._arm_at, self._answer_by = 0.0, None
        self._arm()
        while self._answer_by is not None:
            self._turn(ANSWER_S)

    def close(self) -> None:
        """Puts out the scanner's light if the host has lit it."""
        if self._rearm_s is not None and self._talk.orders is not None:
            with contextlib.suppress(DeviceError):
                self._port.write(self._talk.orders.stop)
        self._port.close()

    def read(self, timeout: float) -> TextScan | None:
        end = time.monotonic() + timeout
        while not self._ready and (left := end - time.monotonic()) > 0:
            self._turn(left)
        return self._scan(self._ready.popleft()) if self._ready else None

    def _turn(self, left: float) -> None:
        self._arm()
        patience = self._talk.patience
        data = self._port.read(min(left, self._until_order()) if patience is None else patience)
        if data:
            self._take(self._talk.feed(data, time.monotonic()))
        elif patience is not None:
            self._take(self._talk.fallen_silent(time.monotonic()))

    def _arm(self) -> None:
        """Starts a reading where none runs. Raises DeviceSilent if the last order was not answered."""
        now, orders = time.monotonic(), self._talk.orders
        if self._answer_by is not None and now > self._answer_by:
            raise DeviceSilent(f"{self._port.who}: no answer to the order to read within {ANSWER_S:g} s")
        if self._rearm_s is None or orders is None or self._talk.patience is not None or now < self._arm_at:
            return
        self._port.write(orders.start)
        self._arm_at = now + self._rearm_s
        if orders.answers and self._answer_by is None:
            self._answer_by = now + ANSWER_S

    def _until_order(self) -> float:
        due = [self._arm_at] if self._rearm_s is not None else []
        due += [self._answer_by] if self._answer_by is not None else []
        return max(0.001, min(due) - time.monotonic()) if due else float("inf")

    def _take(self, events: Iterator[Event]) -> None:
        for event in events:
            match event:
                case Code() | TooLong() | Torn():
                    self._answer_by = None
                    self._arm_at = time.monotonic() + ORDER_GAP_S
                    self._ready.append(event)
                case NoRead():
                    self._arm_at = time.monotonic() + ORDER_GAP_S
                case Send(data):
                    self._port.write(data)
                case Answer(taken):
                    self._answer_by = None
                    if not taken:
                        raise DeviceSilent(
                            f"{self._port.who}: it refuses the order to read; set it to the trigger mode of the host"
                        )

    def _scan(self, found: Code | TooLong | Torn) -> TextScan:
        match found:
            case TooLong():
                raise FrameTooLong(f"{self._port.who}: a code without an end")
            case Torn(in_a_row):
                raise FrameError(f"{self._port.who}: a code broke off{self._framing_doubted(in_a_row)}")
            case Code(data):
                return TextScan(data)

    def _framing_doubted(self, torn_in_a_row: int) -> str:
        model, framing, _ = self._language
        if torn_in_a_row < DOUBT_AT or model is Model.SSI:
            return ""
        return f', {torn_in_a_row} without an end in a row: is framing = "{framing}" what the scanner is set to?'
