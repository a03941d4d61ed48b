"""Sheets of people that a stick brought, from a kiosk that no network joins: taken as if that kiosk had told them."""

from collections.abc import Callable
from pathlib import Path

from kiosk.engine.attendants import Attendant
from kiosk.engine.inbox import Inbox, SheetRead
from kiosk.log import say
from kiosk.messages import Address
from kiosk.messages.people import sheet_in

FOLDER = "brought"
"""Below the state directory: a folder for each kiosk, in it a file for each sheet."""
LOOK_S = 5.0
LARGEST_BYTES = 2**20


class BroughtWatch(Attendant):
    """Looks whether `kiosk merge` put anything there; at a start all is looked at, as it costs nothing known twice."""

    def __init__(self, inbox: Inbox, state: Path, address: Address, now_ns: Callable[[], int]) -> None:
        super().__init__("brought", inbox, now_ns)
        self._folder, self._address = state / FOLDER, address
        self._seen: dict[Path, tuple[int, int]] = {}

    def open(self) -> None:
        """There is nothing to be held open."""

    def serve(self) -> None:
        while not self.stopping:
            self._look()
            self._stop.wait(LOOK_S)

    def close(self) -> None:
        """Nor to be closed."""

    def _look(self) -> None:
        try:
            for file in sorted(self._folder.glob("*/people-*.json")):
                stat = file.stat()
                found = stat.st_mtime_ns, stat.st_size
                if self._seen.get(file) != found:
                    self._seen[file] = found
                    self._read(file)
        except OSError as error:
            say("brought-not-read", why=error.strerror)

    def _read(self, file: Path) -> None:
        with file.open("rb") as data:
            sheet = sheet_in(self._address, file.parent.name, file.stem, data.read(LARGEST_BYTES))
        if sheet is None:
            say("brought-not-taken", file=f"{file.parent.name}/{file.name}")
        else:
            self.post(SheetRead(sheet))
