"""What a stick brought where no network joins: sheets of people, as if their kiosk had told them, and orders."""

import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.app.watching import Watch
from kiosk.engine.inbox import Inbox, OrderRead, SheetRead
from kiosk.journal import bring
from kiosk.log import say
from kiosk.messages import Address
from kiosk.messages.people import sheet_in
from kiosk.model.orders import Order

FOLDER = "brought"
"""Below the state directory: a folder for each kiosk, in it a file for each sheet."""
LARGEST_BYTES = 2**20
ORDERS = "orders"
"""In place of a kiosk's name, which has no sheets of people."""


class BroughtWatch(Watch):
    """Looks whether `kiosk merge` or `kiosk order take` put anything there; at a start all is looked at, as it costs
    nothing known twice."""

    every_s = 5.0

    def __init__(self, inbox: Inbox, state: Path, address: Address, now_ns: Callable[[], int]) -> None:
        super().__init__("brought", inbox, now_ns)
        self._folder, self._address = state / FOLDER, address
        self._seen: dict[Path, tuple[int, int]] = {}
        self._again = threading.Event()

    def again(self) -> None:
        """From any thread: what was read could not be written, and is to be read once more."""
        self._again.set()

    def look(self) -> None:
        if self._again.is_set():
            self._again.clear()
            self._seen.clear()
        try:
            self._look_at("*/people-*.json", self._read)
            self._look_at(f"{ORDERS}/*.order", self._read_order)
        except OSError as error:
            say("brought-not-read", why=error.strerror)

    def _look_at(self, pattern: str, read: Callable[[Path], None]) -> None:
        for file in sorted(self._folder.glob(pattern)):
            stat = file.stat()
            found = stat.st_mtime_ns, stat.st_size
            if self._seen.get(file) != found:
                self._seen[file] = found
                read(file)

    def _read_order(self, file: Path) -> None:
        with file.open("rb") as data:
            self.post(OrderRead(data.read(LARGEST_BYTES).decode("ascii", "replace").strip()))

    def _read(self, file: Path) -> None:
        with file.open("rb") as data:
            sheet = sheet_in(self._address, file.parent.name, file.stem, data.read(LARGEST_BYTES))
        if sheet is None:
            say("brought-not-taken", file=f"{file.parent.name}/{file.name}")
        else:
            self.post(SheetRead(sheet))


def put_order(order: Order, folder: Path) -> None:
    """Whole or not at all, where the kiosk looks. Raises OSError."""
    bring(folder, ORDERS, f"{order.n}.order", order.text.encode("ascii"))
