"""The ID-card module on a serial line: find, select, read, in this order each time."""

import time

from drivers.id_card_frames import FIND, READ_BASE, SELECT, STATUS, Noise, Reply, ReplyReader, card
from drivers.serial_port import SerialPort
from kiosk.ports import CardScan, DeviceSilent, FrameError

FIND_S, SELECT_S, READ_S = 0.3, 0.5, 3.0
"""Seconds to the first byte of each reply (vendor time-outs are 0.1, 0.1 and 2.0)."""
GAP_S = 0.1
"""A reply that pauses this long is torn."""
LONGEST_REPLY_S = 2.0
POLL_S = 0.35
"""Vendors ask for more than 300 ms between two looks for a card."""
SAME_CARD_S = 1.0
"""A card that stays on the reader is read again this often, so that a card laid on it in a hurry is not missed."""

_DONE, _FOUND, _SELF_TEST, _NOT_AUTHORISED = 0x90, 0x9F, 0x60, 0x66
_REFUSED_COMMAND = (0x10, 0x11)


class IdCardReader:
    """A Scanner over the module's serial line (8N1, no flow control)."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        self._port = SerialPort("ID-card reader", port, baud)
        self._replies = ReplyReader()
        self._look_at = 0.0
        self._reread_at = 0.0
        self._complained = False

    def open(self) -> None:
        self._port.open()
        self._replies.reset()
        status = self._ask(STATUS, FIND_S).status
        if status in (_SELF_TEST, _NOT_AUTHORISED):
            raise DeviceSilent(f"{self._port.who}: the security module reports {status:02X}")

    def close(self) -> None:
        self._port.close()

    def read(self, timeout: float) -> CardScan | None:
        """A card, None while there is none. A card that cannot be read raises FrameError once until it is lifted."""
        end = time.monotonic() + timeout
        while (look_at := max(self._look_at, time.monotonic())) < end:
            time.sleep(max(0.0, look_at - time.monotonic()))
            self._look_at = time.monotonic() + POLL_S
            if self._ask(FIND, FIND_S).status != _FOUND:
                self._complained, self._reread_at = False, 0.0
            elif time.monotonic() >= self._reread_at:
                return self._read_card()
        time.sleep(max(0.0, end - time.monotonic()))
        return None

    def _read_card(self) -> CardScan | None:
        try:
            if self._ask(SELECT, SELECT_S).status != _DONE:
                return None
            reply = self._ask(READ_BASE, READ_S)
            if reply.status != _DONE:
                raise FrameError(f"{self._port.who}: the card was not read, status {reply.status:02X}")
            scan = card(reply.data)
        except FrameError:
            if self._complained:
                return None
            self._complained = True
            raise
        self._complained = False
        self._reread_at = time.monotonic() + SAME_CARD_S
        return scan

    def _ask(self, command: bytes, first_byte_s: float) -> Reply:
        """Sends a command and waits for its reply; one the module could not read is sent once more."""
        for _ in range(2):
            self._port.write(command)
            reply = self._reply(first_byte_s)
            if reply.status not in _REFUSED_COMMAND:
                break
        return reply

    def _reply(self, first_byte_s: float) -> Reply:
        now = time.monotonic()
        deadline, latest = now + first_byte_s, now + first_byte_s + LONGEST_REPLY_S
        while (now := time.monotonic()) < min(deadline, latest):
            data = self._port.read(min(deadline, latest) - now)
            for found in self._replies.feed(data):
                match found:
                    case Reply():
                        return found
                    case Noise():
                        continue
            if data and self._replies.inside:
                deadline = time.monotonic() + GAP_S
        torn = self._replies.inside
        self._replies.reset()
        if torn:
            raise FrameError(f"{self._port.who}: the reply broke off")
        raise DeviceSilent(f"{self._port.who}: no answer within {first_byte_s} s")
