"""The kiosk itself in this process, with its real drivers, over a table whose libraries can be broken one by one."""

import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from kiosk import log
from kiosk.app import Clock, Kiosk
from kiosk.config import read_config
from kiosk.log.outlet import Outlet
from kiosk.virtual.broken_library import PLACES, Behaviour, BrokenLibrary, Hang, Raise, stand_in_for_evdev
from kiosk.virtual.cards import IdCard
from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.settings import LAMPS
from kiosk.virtual.demo.table import DemoTable

PATIENT_S = 40.0
"""Generous, for a shared machine."""
SERVING = {"serial": "read", "id-card": "read", "hid": "read", "panel": "show", "broker": "hear"}
"""The call that each kind of device makes all the time; printers look at their status."""

SLIPS = "slips"
"""The printer, by another name than the far end's thread has."""
DEVICES = {"serial": "scanner", "hid": "hid-scanner"}
"""The names of those that do not go by their kind."""


def device_of(kind: str) -> str:
    return SLIPS if kind.startswith("printer") else DEVICES.get(kind, kind)


@dataclass
class Once:
    """The first time only."""

    behaviour: Behaviour
    over: bool = False

    def __call__(self) -> None:
        if not self.over:
            self.over = True
            self.behaviour()


class Records(Outlet):
    """What the kiosk says in its log."""

    def __init__(self) -> None:
        super().__init__(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        self.said: list[dict[str, Any]] = []

    def write(self, line: bytes) -> None:
        self.said.append(json.loads(line))

    def catch_up(self) -> None:
        """Nothing waits."""

    def flush(self, seconds: float) -> bool:  # noqa: ARG002 - nothing waits
        return True


@dataclass
class Desk:
    """One device's calls are broken in `library`, and what it does all the time in `serving`."""

    table: DemoTable
    kind: str
    library: BrokenLibrary
    serving: BrokenLibrary
    records: Records
    hung: list[Hang] = field(default_factory=list)
    people: int = 0

    @property
    def device(self) -> str:
        return device_of(self.kind)

    def wait(self, holds: Callable[[], object], otherwise: str) -> None:
        end = time.monotonic() + PATIENT_S
        while not holds():
            assert time.monotonic() < end, f"{otherwise}; last: {self.records.said[-12:]}"
            time.sleep(0.01)

    def wait_told(self, since: int, otherwise: str, **facts: object) -> dict[str, Any]:
        """A record of the device itself with these facts."""
        self.wait(lambda: self._told(since, facts), otherwise)
        return self._told(since, facts)[0]

    def _told(self, since: int, facts: dict[str, object]) -> list[dict[str, Any]]:
        mine = [r for r in self.records.said[since:] if self.device in (r.get("device"), r.get("printer"))]
        return [record for record in mine if facts.items() <= record.items()]

    def _told_of(self, device: str) -> bool:
        return any(r.get("device") == device and r.get("up") for r in self.records.said)

    def wait_ready(self, lit: bool) -> None:
        """By the lamps on the panel, or by its log where the panel is what is broken or the broker is nobody's task."""
        if self.kind not in ("panel", "broker"):
            lamps = self.table.pins.values
            self.wait(
                lambda: (lamps.get(LAMPS["ready"]), lamps.get(LAMPS["attention"])) == ((1, 0) if lit else (0, 1)),
                f"READY should be {'lit' if lit else 'out'}: {lamps}",
            )

    def wait_settled(self) -> None:
        """All devices are there, and the first label is out."""
        self.wait_told(0, "it never came", up=True)
        self.wait(lambda: [r for r in self.records.said if r["event"] == "printed"], "the first label is not out")
        self.wait(lambda: self._told_of("scanner"), "the scanner does not listen")
        self.wait_ready(lit=True)

    def break_in(self, call: str, behaviour: Behaviour) -> None:
        """From now on `call` behaves so; what the device does all the time ends, so that it is closed and opened."""
        # Python closes once more what is not held any more.
        self.library.behaviour = Once(behaviour) if call == "close" else behaviour
        if isinstance(behaviour, Hang):
            self.hung.append(behaviour)
        if call in ("open", "close"):
            self.serving.behaviour = Once(Raise(lambda: RuntimeError("pulled")))
        if self.kind == "panel" or call == "publish":
            # The same short signal is not begun anew at once.
            time.sleep(0.2)
            self.show_code(self.table.scanner.present)

    def mend(self) -> None:
        self.library.behaviour = self.serving.behaviour = None
        for hang in self.hung:
            hang.let_go.set()

    def serve(self) -> str:
        """A person comes to a scanner that is not broken; what they are told."""
        since = len(self.records.said)
        if self.kind == "serial":
            self.people += 1
            self.table.card_module.lay(IdCard(resident(self.people), "测试甲"))
        else:
            self.show_code(self.table.scanner.present)
        self.wait(lambda: self._answers(since), "nobody was answered")
        if self.kind == "serial":
            self.table.card_module.lift()
        return str(self._answers(since)[0]["key"])

    def show_code(self, present: Callable[[bytes], object]) -> None:
        self.people += 1
        present(resident(self.people).encode())

    def _answers(self, since: int) -> list[dict[str, Any]]:
        said = self.records.said[since:]
        return [r for r in said if r["event"] == "notice" and r["signal"] in ("accepted", "refused")]


def resident(serial: int) -> str:
    return with_check_digit(f"11019919900101{serial:03d}")


@contextmanager
def heard_by(records: Records) -> Iterator[None]:
    """All that the log of this process would say."""
    usual, log._LOG = log._LOG, log._Log()  # noqa: SLF001 - one process has one log
    log._LOG.outlet = records  # noqa: SLF001
    try:
        yield
    finally:
        log._LOG = usual  # noqa: SLF001


@contextmanager
def desk_of(table: DemoTable, kind: str, call: str) -> Iterator[Desk]:
    """Its libraries can be broken from now on; all is mended at the end."""
    _fit(table, kind)
    device, records = device_of(kind), Records()
    with ExitStack() as exits:
        exits.enter_context(stand_in_for_evdev())
        serving = exits.enter_context(BrokenLibrary(device, *PLACES[kind][SERVING.get(kind, "status")]))
        library = exits.enter_context(BrokenLibrary(device, *PLACES[kind][call]))
        exits.enter_context(heard_by(records))
        for number in (signal.SIGTERM, signal.SIGINT):
            exits.callback(signal.signal, number, signal.getsignal(number))
        desk = Desk(table, kind, library, serving, records)
        exits.callback(desk.mend)
        yield desk


def run(desk: Desk, story: Callable[[], None]) -> tuple[float, tuple[str, ...]]:
    """The kiosk serves on this thread while the story is told; then it is stopped. Seconds that this took, and whom it
    left behind. What the story does not find is raised."""
    kiosk = Kiosk(read_config(desk.table.state / "kiosk.toml"), desk.table.state / "keys", Clock(True))
    asked_at = 0.0
    failures: list[BaseException] = []

    def tell() -> None:
        nonlocal asked_at
        try:
            story()
        except BaseException as error:
            failures.append(error)
        asked_at = time.monotonic()
        os.kill(os.getpid(), signal.SIGTERM)

    teller = threading.Thread(target=tell, name="story")
    teller.start()
    try:
        kiosk.run()
    finally:
        took_s = time.monotonic() - asked_at
        teller.join()
    if failures:
        raise failures[0]
    return took_s, kiosk.left_behind


def _fit(table: DemoTable, kind: str) -> None:
    """Puts the kinds of devices into the configuration that the demo does not have."""
    file = table.state / "kiosk.toml"
    text = file.read_text(encoding="utf-8").replace("[[printer]]", f'[[printer]]\nname = "{SLIPS}"', 1)
    if kind == "hid":
        text += '\n[[scanner]]\nkind = "hid"\npath = "/dev/input/event99"\n'
    if kind == "printer-usb":
        text = re.sub(r'kind = "serial"\nport = ("[^"]*/printer")\nbaud = \d+', r'kind = "usb"\ndevice = \1', text)
    file.write_text(text, encoding="utf-8")
