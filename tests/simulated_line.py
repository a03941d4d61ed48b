"""Virtual time: far ends, a line of their speed, and whoever is at its near end, in one thread in which no wait costs
anything. Time goes on only while somebody at the near end, or a test, waits for it."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from kiosk.ports import DeviceGone
from kiosk.virtual.stage import Activity, Await, Hear, Result, Say, Step, Wait

BITS_A_BYTE = 10
LONGEST_PLAY_S = 600.0


@dataclass(eq=False)
class Playing:
    """One activity, the step that it waits in, and its result when it has ended."""

    world: "World"
    wire: "SimulatedWire"
    activity: Activity[Any]
    step: Step | None = None
    result: Any = None
    ended: bool = False

    def wakes_s(self) -> float:
        match self.step:
            case Hear(until_s):
                return min(until_s, self.wire.arrives_s())
            case Wait(until_s) | Await(_, until_s):
                return until_s
        return self.world.now

    def may_go_on(self) -> bool:
        holds = isinstance(self.step, Await) and self.step.holds()
        return holds or self.wakes_s() <= self.world.now

    def go_on(self) -> None:
        heard = self.wire.taken() if isinstance(self.step, Hear) else b""
        try:
            step = next(self.activity) if self.step is None else self.activity.send(heard)
            while isinstance(step, Say):
                self.wire.write(step.data)
                step = self.activity.send(b"")
            self.step = step
        except StopIteration as end:
            self.result, self.ended = end.value, True

    def join(self) -> None:
        """Lets time go on up to its end."""
        self.world.run(self.world.now + LONGEST_PLAY_S, lambda: self.ended or not self.wire.plugged)


@dataclass(eq=False)
class Timer:
    """A call at its time."""

    world: "World"
    at_s: float
    call: Callable[[], object]

    def join(self) -> None:
        self.world.run(self.at_s)


class World:
    """A clock and all that happens by it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.playing: list[Playing] = []
        self._timers: list[Timer] = []

    def later(self, seconds: float, call: Callable[..., object], *args: object) -> Timer:
        timer = Timer(self, self.now + seconds, lambda: call(*args))
        self._timers = sorted([*self._timers, timer], key=lambda each: each.at_s)
        return timer

    def run(self, until_s: float, enough: Callable[[], bool] = lambda: False) -> None:
        """Until then, or until this holds."""
        self._settle(enough)
        while not enough() and (next_s := self._next_s()) < until_s:
            self.now = max(self.now, next_s)
            while self._timers and self._timers[0].at_s <= self.now:
                self._timers.pop(0).call()
            self._settle(enough)
        if not enough():
            self.now = max(self.now, until_s)

    def _next_s(self) -> float:
        wakes = [each.wakes_s() for each in self.playing] + [timer.at_s for timer in self._timers]
        return min(wakes, default=float("inf"))

    def _settle(self, enough: Callable[[], bool]) -> None:
        """All steps that take no more time."""
        while not enough() and (ready := next((each for each in self.playing if each.may_go_on()), None)):
            ready.go_on()
            self.playing = [each for each in self.playing if not each.ended]


@dataclass
class SimulatedWire:
    """One line; each end paces its own bytes."""

    world: World
    plugs: int = 0
    plugged: bool = False
    to_host: bytearray = field(default_factory=bytearray)
    writes: list[tuple[float, int]] = field(default_factory=list)
    _to_far: deque[tuple[float, bytes]] = field(default_factory=deque)

    def plug(self) -> None:
        self.plugged, self.plugs = True, self.plugs + 1

    def unplug(self) -> None:
        self.plugged = False
        self.to_host.clear()
        self._to_far.clear()

    def read(self, timeout: float, most: int = 4096) -> bytes:
        raise NotImplementedError("the stage hears for its far end")

    def write(self, data: bytes) -> None:
        """From the far end."""
        if self.plugged:
            self.to_host += data
            self.writes.append((self.world.now, len(data)))

    def write_from_host(self, data: bytes, takes_s: float) -> None:
        begins_s = max(self.world.now, self._to_far[-1][0] if self._to_far else 0.0)
        self._to_far.append((begins_s + takes_s, data))

    def arrives_s(self) -> float:
        return self._to_far[0][0] if self._to_far else float("inf")

    def taken(self) -> bytes:
        return self._to_far.popleft()[1] if self.arrives_s() <= self.world.now else b""


class SimulatedStage:
    """Where the activities of one far end are played: in virtual time."""

    def __init__(self, wire: SimulatedWire) -> None:
        self._wire, self._world = wire, wire.world
        self._life: Playing | None = None

    @property
    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()

    def now_s(self) -> float:
        return self._world.now

    def begin(self, life: Activity[None]) -> None:
        if self._life is None:
            self._wire.plug()
            self._life = self.spawn(life)

    def end(self) -> None:
        self._life = None
        self._world.playing = [each for each in self._world.playing if each.wire is not self._wire]
        self._wire.unplug()

    def play(self, activity: Activity[Result]) -> Result | None:
        if not self._wire.plugged:
            return None
        playing = self.spawn(activity)
        playing.join()
        result: Result | None = playing.result
        return result

    def spawn(self, activity: Activity[Any]) -> Playing:
        """Performs it while time goes on."""
        playing = Playing(self._world, self._wire, activity)
        self._world.playing.append(playing)
        return playing


class SimulatedLine:
    """The near end, as drivers.dialogue.Line says; a port that keeps what comes while nobody reads."""

    def __init__(self, wire: SimulatedWire, who: str = "simulated line", baud: int = 115200) -> None:
        self.who, self.heard_ns = who, 0
        self._byte_s = BITS_A_BYTE / baud
        self._wire, self._world = wire, wire.world
        self._plug: int | None = None

    def open(self) -> None:
        if not self._wire.plugged:
            raise DeviceGone(f"{self.who}: not plugged in")
        self._plug = self._wire.plugs
        self.discard_input()

    def close(self) -> None:
        self._plug = None

    def discard_input(self) -> None:
        self._still_there()
        self._wire.to_host.clear()

    def write(self, data: bytes) -> None:
        self._still_there()
        self._wire.write_from_host(data, len(data) * self._byte_s)

    def read(self, until_s: float) -> bytes:
        self._still_there()
        self._world.run(until_s, lambda: bool(self._wire.to_host) or not self._there)
        self._still_there()
        data = bytes(self._wire.to_host)
        self._wire.to_host.clear()
        if data:
            self.heard_ns = int(self._world.now * 1e9)
        return data

    def now_s(self) -> float:
        return self._world.now

    def rest(self, until_s: float) -> None:
        self._world.run(until_s)

    @property
    def _there(self) -> bool:
        return self._wire.plugged and self._plug == self._wire.plugs

    def _still_there(self) -> None:
        if not self._there:
            raise DeviceGone(f"{self.who}: unplugged")
