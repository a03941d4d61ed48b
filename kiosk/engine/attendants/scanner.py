"""A scanner's attendant."""

from collections.abc import Callable
from functools import partial

from kiosk.engine.attendants.attendant import Attendant
from kiosk.engine.attendants.calls import Call
from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import DeviceNews, Hinted, Inbox, ScanFailed, Scanned
from kiosk.model import Hand
from kiosk.ports import FrameError, FrameTooLong, Hint, Scan, Scanner

SCAN_WAIT_S = 0.5
PROOF_S = 0.05
"""Of the first reading: a scanner that opens and cannot be read is not told as there."""


class ScannerAttendant(Attendant):
    """Posts what a scanner reads."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        scanner: Scanner,
        hand: Hand,
        now_ns: Callable[[], int],
        back_off: BackOff = AT_HAND,
    ) -> None:
        super().__init__(name, inbox, now_ns, back_off)
        self._scanner, self._hand = scanner, hand

    def open(self) -> None:
        self.calls.ask(Call.OPEN, self._scanner.open)
        first = self._read(PROOF_S)
        self.tell(DeviceNews(self.name, True))
        self._pass_on(first)

    def serve(self) -> None:
        while not self.stopping:
            self._pass_on(self._read(SCAN_WAIT_S))
            self.tell_owed()

    def close(self) -> None:
        self._scanner.close()

    def _read(self, timeout: float) -> Scan | Hint | FrameError | None:
        try:
            return self.calls.ask(Call.READ, partial(self._scanner.read, timeout))
        except FrameError as error:
            return error

    def _pass_on(self, read: Scan | Hint | FrameError | None) -> None:
        match read:
            case None:
                pass
            case FrameError():
                self.post(ScanFailed(self.name, isinstance(read, FrameTooLong), str(read), self._hand))
            case Hint():
                self.post(Hinted(self.name, read))
            case _:
                self.post(Scanned(self.name, read, self._now_ns(), self._hand))
