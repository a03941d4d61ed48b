"""A scanner's attendant."""

from collections.abc import Callable

from kiosk.engine.attendants.attendant import Attendant
from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import DeviceNews, Hinted, Inbox, ScanFailed, Scanned
from kiosk.model import Hand
from kiosk.ports import FrameError, FrameTooLong, Hint, Scanner

SCAN_WAIT_S = 0.5


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
        self._scanner.open()
        self.tell(DeviceNews(self.name, True))

    def serve(self) -> None:
        while not self.stopping:
            self._read()
            self.tell_owed()

    def close(self) -> None:
        self._scanner.close()

    def _read(self) -> None:
        try:
            scan = self._scanner.read(SCAN_WAIT_S)
        except FrameError as error:
            self.post(ScanFailed(self.name, isinstance(error, FrameTooLong), str(error), self._hand))
            return
        if isinstance(scan, Hint):
            self.post(Hinted(self.name, scan))
        elif scan is not None:
            self.post(Scanned(self.name, scan, self._now_ns(), self._hand))
