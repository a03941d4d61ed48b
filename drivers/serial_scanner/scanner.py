"""A code scanner on a serial line or USB-CDC: the shell that waits for `conversation`."""

import contextlib
from collections.abc import Callable
from typing import assert_never

from drivers.dialogue import Line, hold
from drivers.scan_frames import DOUBT_AT, Framing, TooLong, Torn
from drivers.serial_port import SerialPort
from drivers.serial_scanner.conversation import Conversation, NotTaken
from drivers.serial_scanner.language import Code, language
from drivers.serial_scanner.orders import Model
from kiosk.ports import DeviceError, DeviceSilent, FrameError, FrameTooLong, TextScan


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
        line_to: Callable[[str, str, int], Line] = SerialPort,
    ) -> None:
        self._line = line_to("scanner", port, baud)
        self._model, self._framing, self._baud, self._rearm_s = model, framing, baud, rearm_s
        self._conversation = self._new_conversation()

    @property
    def heard_ns(self) -> int:
        """When the last byte came, monotonic nanoseconds."""
        return self._line.heard_ns

    def open(self) -> None:
        """Ends when no code is under way whose beginning is lost. Raises DeviceGone, and DeviceSilent if the scanner
        does not take the order to read."""
        self._line.open()
        self._line.discard_input()
        self._conversation = self._new_conversation()
        in_vain = hold(self._line, self._conversation.open(self._line.now_s()))
        if in_vain is not None:
            raise DeviceSilent(f"{self._line.who}: {in_vain.why}")

    def close(self) -> None:
        """Puts out the scanner's light if the host has lit it."""
        if self._conversation.last_word:
            with contextlib.suppress(DeviceError):
                self._line.write(self._conversation.last_word)
        self._line.close()

    def read(self, timeout: float) -> TextScan | None:
        now_s = self._line.now_s()
        found = hold(self._line, self._conversation.read(now_s, now_s + timeout))
        match found:
            case None:
                return None
            case Code(data, at_once):
                return TextScan(data, at_start=at_once)
            case TooLong():
                raise FrameTooLong(f"{self._line.who}: a code without an end")
            case Torn(in_a_row):
                raise FrameError(f"{self._line.who}: a code broke off{self._framing_doubted(in_a_row)}")
            case NotTaken(why):
                raise DeviceSilent(f"{self._line.who}: {why}")
            case _:
                assert_never(found)

    def _new_conversation(self) -> Conversation:
        return Conversation(language(self._model, self._framing, self._baud), self._rearm_s)

    def _framing_doubted(self, torn_in_a_row: int) -> str:
        if torn_in_a_row < DOUBT_AT or self._model is Model.SSI:
            return ""
        return f', {torn_in_a_row} without an end in a row: is framing = "{self._framing}" what the scanner is set to?'
