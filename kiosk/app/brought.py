"""Sheets of people that a stick brought, from a kiosk that no network joins: taken as if that kiosk had told them."""

from collections.abc import Callable
from pathlib import Path

from kiosk.app.watching import Watch
from kiosk.engine.inbox import Inbox, SheetRead
from kiosk.log import say
from kiosk.messages import Address
from kiosk.messages.people import sheet_in

FOLDER = "brought"
"""Below the state directory: a folder for each kiosk, in it a file for each sheet."""
LARGEST_BYTES = 2**20


class BroughtWatch(Watch):
    """Looks whether `kiosk merge` put anything there; at a start all is looked at, as it costs nothing known twice."""

    every_s = 5.0

    def __init__(self, inbox: Inbox, state: Path, address: Address, now_ns: Callable[[], int]) -> None:
        super().__init__("brought", inbox, now_ns)
        self._folder, self._address = state / FOLDER, address
        self._seen: dict[Path, tuple[int, int]] = {}

    def look(self) -> None:
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
