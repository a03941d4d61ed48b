"""A simulated district while it runs: its broker falls and rises, others read it, and all of it is judged."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from kiosk.app.simulation.crowd import Crowd, Now
from kiosk.app.simulation.plans import District, Faults
from kiosk.app.simulation.worker import Truth
from kiosk.credentials.sealing import NotOpened, opened
from kiosk.messages import Address
from kiosk.messages.tubes import Tube
from kiosk.office.authority_keys import pair
from kiosk.office.board.store import Store
from kiosk.office.board.watch import Watch
from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError
from kiosk.office.opening import record_of
from kiosk.virtual.broker import MosquittoBroker
from kiosk.virtual.link import Link

HOST = "127.0.0.1"
DOWN_S = 2.0
"""So long a broker that fell is not there."""
CUT_SHARE = 0.06
"""Of the whole time a bridge stays down: two hours of 35."""
SETTLES_S = 120.0
SAMPLE_S = 0.5
WIDTH, HEIGHT, MARGIN = 900, 360, 50


@dataclass(frozen=True)
class Show:
    """What is to be simulated."""

    district: District
    faults: Faults
    seed: int
    speed: float


@dataclass(frozen=True)
class Brokers:
    """The tables' own, and the one at which the district is read; between them is a `link`, if they are two."""

    own: MosquittoBroker
    read: MosquittoBroker
    link: Link | None


class Fall(StrEnum):
    """What befalls the brokers."""

    STOPPED = "stopped"
    KILLED = "killed"
    CUT = "cut"
    MENDED = "mended"


@dataclass
class Collected:
    """Records of tubes by topic, the newest of each, as a collector with a session of its own has them."""

    newest: dict[str, Tube] = field(default_factory=dict)
    repeated: int = 0

    def take(self, topic: str, payload: bytes) -> None:
        record = record_of(payload)
        before = self.newest.get(topic)
        if before is not None and (before.epoch, before.seq) == (record.epoch, record.seq):
            self.repeated += 1
        if before is None or before.epoch != record.epoch or record.seq > before.seq:
            self.newest[topic] = record


@dataclass
class Outcome:
    """What came of it. `curve`: seconds, people in a tube, people on the board."""

    board: int
    late_board: int
    truth: int
    accepted: int
    refused: int
    gone: int
    tables: int
    lives: int
    unsaid: int
    tubes: int
    records: int
    records_missing: int
    records_differ: int
    people_opened: int
    not_opened: int
    in_two_tubes: int
    repeated: int
    seconds: float
    settled_s: float
    curve: list[tuple[float, int, int]]

    @property
    def holds(self) -> bool:
        wrong = self.unsaid, self.records_missing, self.records_differ, self.not_opened, self.in_two_tubes
        return self.board == self.late_board == self.truth == self.accepted - self.gone and not any(wrong)

    def told(self) -> dict[str, object]:
        figures = {name: value for name, value in asdict(self).items() if name != "curve"}
        return {"holds": self.holds} | figures


def run(show: Show, folder: Path, brokers: Brokers) -> Outcome:
    """Raises ProcessEnded."""
    private, public = pair()
    district, begun = show.district, time.monotonic()
    watch = Watch(_at(brokers.read, "board"), district.region, district.round, {}, Store(None), time.time)
    collected, stopping = Collected(), threading.Event()
    crowd = Crowd(folder / "points", district, show.faults, show.seed, (HOST, brokers.own.port), public, show.speed)
    threads = (
        threading.Thread(target=watch.run, args=(stopping,), daemon=True),
        threading.Thread(target=_collect, args=(_at(brokers.read, "records"), collected, stopping), daemon=True),
    )
    curve: list[tuple[float, int, int]] = []
    for thread in threads:
        thread.start()
    try:
        falls = _falls(show)
        while not crowd.is_done:
            now = crowd.turn()
            falls = _fall(falls, now, brokers)
            _note(curve, time.monotonic() - begun, now.people, watch)
            _tell(now, watch)
        if brokers.link is not None:
            brokers.link.mend()
        truths = tuple(crowd.truths())
        done = time.monotonic()
        _settle(watch, collected, truths)
        settled_s = time.monotonic() - done
        curve.append((time.monotonic() - begun, sum(each.people for each in truths), watch.board().people))
        late = Watch(_at(brokers.read, "late"), district.region, district.round, {}, Store(None), time.time)
        late.once()
        return _judged((watch, late), collected, truths, private, (begun, settled_s), curve)
    finally:
        crowd.stop()
        stopping.set()
        for thread in threads:
            thread.join(30)


def _at(broker: MosquittoBroker, name: str) -> BrokerAt:
    return BrokerAt(HOST, broker.port, f"simulated-{name}")


def _falls(show: Show) -> list[tuple[float, Fall]]:
    """When what falls (simulated seconds), in their order."""
    chance = Random(show.seed)  # noqa: S311 - it hides nothing
    faults = show.faults
    kinds = [Fall.STOPPED] * faults.restarts + [Fall.KILLED] * faults.kills + [Fall.CUT] * faults.bridges
    drawn = [(chance.uniform(0.1, 0.9) * show.district.seconds, fall) for fall in kinds]
    mended = [(at_s + CUT_SHARE * show.district.seconds, Fall.MENDED) for at_s, fall in drawn if fall is Fall.CUT]
    return sorted(drawn + mended)


def _fall(falls: list[tuple[float, Fall]], now: Now, brokers: Brokers) -> list[tuple[float, Fall]]:
    if not falls or falls[0][0] > now.at_s:
        return falls
    match falls[0][1]:
        case Fall.CUT if brokers.link is not None:
            brokers.link.cut()
        case Fall.MENDED if brokers.link is not None:
            brokers.link.mend()
        case Fall.KILLED:
            brokers.own.kill()
            time.sleep(DOWN_S)
            brokers.own.start()
        case Fall.STOPPED:
            brokers.own.stop()
            time.sleep(DOWN_S)
            brokers.own.start()
        case Fall.CUT | Fall.MENDED:
            """There is no bridge."""
    return falls[1:]


def _note(curve: list[tuple[float, int, int]], at_s: float, people: int, watch: Watch) -> None:
    if not curve or at_s - curve[-1][0] > SAMPLE_S:
        curve.append((at_s, people, watch.board().people))


def _tell(now: Now, watch: Watch) -> None:
    if sys.stderr.isatty():
        told = (
            f"{now.done} / {now.of}  {now.at_s / 3600:.1f} h  {now.people} people, {watch.board().people} on the board"
        )
        print(f"\r\033[K{told}", end="", file=sys.stderr, flush=True)


def _collect(at: BrokerAt, collected: Collected, stopping: threading.Event) -> None:
    line = BrokerLine(at, ("sampling/v1/+/+/+/+/tubes/#",), qos=1, durable=True)
    while not stopping.is_set():
        try:
            line.open()
            while not stopping.is_set():
                heard = line.read(0.2)
                for each in heard:
                    collected.take(each.topic, each.payload)
                line.acknowledge(heard)
        except LineError:
            stopping.wait(0.5)
    line.close()


def _settle(watch: Watch, collected: Collected, truths: Sequence[Truth]) -> None:
    """Till the board and the records are as the journals are, or long enough."""
    people, tubes = sum(each.people for each in truths), {code for each in truths for code in each.tubes}
    end = time.monotonic() + SETTLES_S
    while time.monotonic() < end:
        if watch.board().people == people and tubes <= {record.code for record in collected.newest.values()}:
            return
        time.sleep(0.2)


def _judged(
    boards: tuple[Watch, Watch],
    collected: Collected,
    truths: Sequence[Truth],
    private: bytes,
    times: tuple[float, float],
    curve: list[tuple[float, int, int]],
) -> Outcome:
    tubes = {code: n for each in truths for code, n in each.tubes.items()}
    records = {record.code: record for record in collected.newest.values()}
    begun, settled_s = times
    people, strange = Counter[str](), 0
    for record in records.values():
        for number in _numbers(record, private):
            people[number or ""] += number is not None
            strange += number is None
    found, late = (watch.board() for watch in boards)
    return Outcome(
        board=found.people,
        late_board=late.people,
        truth=sum(each.people for each in truths),
        accepted=sum(each.accepted for each in truths),
        refused=sum(each.refused for each in truths),
        gone=sum(each.gone for each in truths),
        tables=sum(tile.tables for tile in found.tiles),
        lives=sum(each.lives for each in truths),
        unsaid=sum(each.unsaid for each in truths),
        tubes=len(tubes),
        records=len(records),
        records_missing=len(tubes.keys() - records.keys()),
        records_differ=sum(code in records and len(records[code].members) != n for code, n in tubes.items()),
        people_opened=sum(people.values()),
        not_opened=strange,
        in_two_tubes=sum(n > 1 for n in people.values()),
        repeated=collected.repeated,
        seconds=round(time.monotonic() - begun, 1),
        settled_s=round(settled_s, 1),
        curve=curve,
    )


def _numbers(record: Tube, private: bytes) -> Iterator[str | None]:
    """Whose place each is; None for one that does not open."""
    from base64 import b64decode

    place = Address(record.region, record.round, record.point, record.kiosk).place
    for member in record.members:
        try:
            yield opened(b64decode(member.sealed), private, place).number
        except NotOpened:
            yield None


def chart(curve: Sequence[tuple[float, int, int]]) -> str:
    """An SVG: who was in a tube, and what the board said meanwhile."""
    last_s, most = max(at for at, *_ in curve), max(1, *(max(truth, shown) for _, truth, shown in curve))

    def path(column: int) -> str:
        points = ((each[0], each[column]) for each in curve)
        return " ".join(
            f"{MARGIN + at / last_s * WIDTH:.1f},{MARGIN + HEIGHT * (1 - n / most):.1f}" for at, n in points
        )

    size = f"{WIDTH + 2 * MARGIN} {HEIGHT + 2 * MARGIN}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" font-family="sans-serif" font-size="14">
<rect width="100%" height="100%" fill="#fff"/>
<path d="M{MARGIN} {MARGIN}V{MARGIN + HEIGHT}H{MARGIN + WIDTH}" fill="none" stroke="#111820"/>
<polyline points="{path(1)}" fill="none" stroke="#ffc457" stroke-width="6"/>
<polyline points="{path(2)}" fill="none" stroke="#003a70" stroke-width="2"/>
<text x="{MARGIN}" y="{MARGIN - 16}">{most} people; wide: in a tube, narrow: on the board</text>
<text x="{MARGIN + WIDTH}" y="{MARGIN + HEIGHT + 24}" text-anchor="end">{last_s:.0f} s</text>
</svg>
"""
