"""What the scanners' contracts run over: terminals, threads and the real clock; or one thread in virtual time."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.dialogue import Line
from drivers.serial_port import SerialPort
from kiosk.virtual.serial_scanner import SerialScanner
from kiosk.virtual.stage import Stage, Threads
from kiosk.virtual.wire import PtyWire, Wire
from simulated_line import SimulatedLine, SimulatedStage, SimulatedWire, World


class Joined(Protocol):
    """Something that goes on meanwhile."""

    def join(self) -> None:
        """Waits for its end."""


class Lines(Protocol):
    """Lines between far ends and drivers, and the time that they share."""

    def wire(self, name: str) -> Wire:
        """The far end of a new line."""

    def stage(self, wire: Wire) -> Stage: ...

    def port(self, name: str) -> str:
        """Its near end, for `line_to`."""

    def line_to(self, who: str, port: str, baud: int) -> Line: ...

    def now_s(self) -> float: ...

    def pause(self, seconds: float) -> None: ...

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> Joined: ...

    def hold_up(self, scanner: SerialScanner, *codes: bytes) -> Joined:
        """Codes are held up one after the other while the driver reads."""


class Terminals:
    """Pseudo-terminals of the kernel, a thread for each far end, and pyserial."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def wire(self, name: str) -> Wire:
        return PtyWire(self._folder / name)

    def stage(self, wire: Wire) -> Stage:
        return Threads(wire)

    def port(self, name: str) -> str:
        return str(self._folder / name)

    def line_to(self, who: str, port: str, baud: int) -> Line:
        return SerialPort(who, port, baud)

    def now_s(self) -> float:
        return time.monotonic()

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> Joined:
        timer = threading.Timer(seconds, call, args)
        timer.start()
        return timer

    def hold_up(self, scanner: SerialScanner, *codes: bytes) -> Joined:
        thread = threading.Thread(target=lambda: [scanner.present(code) for code in codes], daemon=True)
        thread.start()
        return thread


class VirtualTime:
    """Lines of a world in which no wait costs anything."""

    def __init__(self) -> None:
        self._world = World()
        self._wires: dict[str, SimulatedWire] = {}
        self._stages: dict[int, SimulatedStage] = {}

    def wire(self, name: str) -> Wire:
        self._wires[name] = SimulatedWire(self._world)
        return self._wires[name]

    def stage(self, wire: Wire) -> Stage:
        assert isinstance(wire, SimulatedWire)
        return self._stages.setdefault(id(wire), SimulatedStage(wire))

    def port(self, name: str) -> str:
        return name

    def line_to(self, who: str, port: str, baud: int) -> Line:
        return SimulatedLine(self._wires[port], f"{who} {port}", baud)

    def now_s(self) -> float:
        return self._world.now

    def pause(self, seconds: float) -> None:
        self._world.run(self._world.now + seconds)

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> Joined:
        return self._world.later(seconds, call, *args)

    def hold_up(self, scanner: SerialScanner, *codes: bytes) -> Joined:
        assert isinstance(scanner.wire, SimulatedWire)
        return self._stages[id(scanner.wire)].spawn(scanner.presenting(*codes))
