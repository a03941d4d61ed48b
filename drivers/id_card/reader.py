"""The ID-card module on a serial line: the shell that waits for `looks`."""

from collections.abc import Callable
from typing import TypeVar

from drivers.dialogue import Line, hold
from drivers.id_card.looks import Looks, NotRead, OutOfOrder
from drivers.serial_port import SerialPort
from kiosk.ports import CardScan, DeviceSilent, FrameError

Given = TypeVar("Given")


class IdCardReader:
    """A Scanner over the module's serial line (8N1, no flow control)."""

    def __init__(self, port: str, baud: int = 115200, line_to: Callable[[str, str, int], Line] = SerialPort) -> None:
        self._line = line_to("ID-card reader", port, baud)
        self._looks = Looks()

    @property
    def heard_ns(self) -> int:
        """When the last byte came, monotonic nanoseconds."""
        return self._line.heard_ns

    def open(self) -> None:
        """Raises DeviceGone, and DeviceSilent if the module does not answer or says that it is out of order."""
        self._line.open()
        self._given(hold(self._line, self._looks.open(self._line.now_s())))

    def close(self) -> None:
        self._line.close()
        self._looks.forget()

    def read(self, timeout: float) -> CardScan | None:
        """A card, None while there is none. One that was never read raises FrameError once until it is lifted."""
        now_s = self._line.now_s()
        return self._given(hold(self._line, self._looks.read(now_s, now_s + timeout)))

    def newest_address(self) -> str:
        """The address of the card that lies there, if it was changed after the card's issue, else nothing.
        Raises FrameError, DeviceSilent, DeviceGone."""
        return self._given(hold(self._line, self._looks.newest_address(self._line.now_s())))

    def _given(self, found: Given | NotRead | OutOfOrder) -> Given:
        if isinstance(found, NotRead):
            raise FrameError(f"{self._line.who}: {found.why}")
        if isinstance(found, OutOfOrder):
            raise DeviceSilent(f"{self._line.who}: {found.why}")
        return found
