"""The staff's page: the table at a glance, every fault with its remedy, and what can be done; pure.

decisions: Screens"""

from collections.abc import Iterator, Set

from kiosk.frozen import dataclass
from kiosk.layouts.letterhead import pool_in_words
from kiosk.model import BoxState, Instant, JobKind, Refusal, StaffAction, Standing, Tube
from kiosk.model.acts import GROUPS
from kiosk.model.local_time import moment
from kiosk.ports import Signal
from kiosk.screen.gauges import Gauges
from kiosk.session import Notice, State
from kiosk.session.presence.rules import BROKER, absence
from kiosk.session.questions.asked import on_show
from kiosk.session.staff.about import about
from kiosk.session.staff.badges import why_not
from kiosk.session.view import asking, concerns, number, pressing
from kiosk.texts import Texts

SAID_NS = 10_000_000_000
"""So long what was told last stands on the page."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was told last, and when by the monotonic clock."""

    signal: Signal
    notice: Notice
    since_ns: int


@dataclass(frozen=True, slots=True)
class Line:
    """In which colour, and the words."""

    signal: Signal
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that is on show. An answer names it by `id`, and settles no other. `slip` is the number on the paper
    that it is about, if it is about one."""

    id: str
    text: str
    slip: str
    may_answer: bool


@dataclass(frozen=True, slots=True)
class TubeNow:
    """The tube in use: each place, True where somebody is in it. `open_s` is None where no clock tells."""

    code: str
    pool: str
    places: tuple[bool, ...]
    filled: int
    capacity: int
    open_s: int | None
    limit_s: int


@dataclass(frozen=True, slots=True)
class NextTube:
    """Allotted for whoever comes once the open one is full, and whether its label is out."""

    code: str
    printed: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """The sealed tube that has waited longest for the driver."""

    code: str
    age_s: int | None
    limit_s: int


@dataclass(frozen=True, slots=True)
class UnitNow:
    """`came` is who is done with, `missing` who can come and has not."""

    unit: str
    listed: int
    came: int
    missing: int
    called: bool


@dataclass(frozen=True, slots=True)
class BoxNow:
    number: str
    closed: bool
    tubes: int
    people: int
    seal: str
    strays: int


@dataclass(frozen=True, slots=True)
class ActNow:
    """What staff can ask for; `allowed` is False where the badge that was shown may not."""

    action: StaffAction
    label: str
    allowed: bool
    about: str
    """What it would be done to, as the page shows it; sent back with it."""


@dataclass(frozen=True, slots=True)
class ActGroup:
    title: str
    acts: tuple[ActNow, ...]


@dataclass(frozen=True, slots=True)
class Today:
    """Of this round, at this table."""

    people: int
    voided: int
    exempt: int
    tubes: int
    refused: int
    unlisted: int | None
    """None without a list."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`clock` is None while nobody has set it; `centre` is None without a broker."""

    clock: str | None
    centre: bool | None
    slips_waiting: int
    gauges: Gauges


@dataclass(frozen=True, slots=True)
class StaffView:
    point: str
    kiosk: str
    round: str
    badge: str
    badge_first: str
    """Why nothing can be done here: whose badge was never shown, where badges are required; else empty."""
    paused: bool
    now: Line
    said: Line | None
    question: Asked | None
    faults: tuple[str, ...]
    tube: TubeNow | None
    next_tube: NextTube | None
    single: str
    waiting: Waiting | None
    units: tuple[UnitNow, ...]
    boxes: tuple[BoxNow, ...]
    today: Today
    machine: Machine
    acts: tuple[ActGroup, ...]


def staff_view(state: State, said: Said | None, gauges: Gauges, at: Instant, texts: Texts) -> StaffView:
    """Nothing unmasked is in a state, so nothing unmasked is here."""
    address = state.plan.address
    resting = state.told.resting
    now = Line(Signal.ATTENTION, _words(Notice("starting"), texts))
    if resting is not None:
        now = Line(resting.signal, _words(resting.notice, texts))
    return StaffView(
        point=address.point,
        kiosk=address.kiosk,
        round=address.round,
        badge="" if state.staff.badge is None else state.staff.badge.name,
        badge_first=_badge_first(state, texts),
        paused=state.staff.paused,
        now=now,
        said=_said(said, now, at, texts),
        question=_question(state, texts),
        faults=tuple(_words(notice, texts) for notice in _faults(state)),
        tube=_tube(state, at, texts),
        next_tube=_next(state),
        single="" if state.sampling.single is None else state.sampling.single.code or "-",
        waiting=_waiting(state, at),
        units=tuple(_units(state)),
        boxes=tuple(_boxes(state)),
        today=_today(state),
        machine=_machine(state, gauges, at),
        acts=acts(state, texts),
    )


def acts(state: State, texts: Texts) -> tuple[ActGroup, ...]:
    """All that staff codes can do, in the order of their sheet."""
    return tuple(
        ActGroup(
            texts.say(f"sheet.{title}"),
            tuple(_act(act, state, texts) for act in actions),
        )
        for title, actions in GROUPS
    )


def _act(act: StaffAction, state: State, texts: Texts) -> ActNow:
    return ActNow(act, texts.say(f"action.{act}"), why_not(state, act) is None, about(state, act))


def _words(notice: Notice, texts: Texts) -> str:
    return texts.notice(notice.key, dict(notice.values))


def _badge_first(state: State, texts: Texts) -> str:
    why = why_not(state, StaffAction.UNDO)
    return _words(Notice(f"refused.{why}"), texts) if why is Refusal.BADGE_FIRST else ""


def _said(said: Said | None, now: Line, at: Instant, texts: Texts) -> Line | None:
    """Not what stands above it anyway."""
    if said is None or at.mono_ns - said.since_ns >= SAID_NS:
        return None
    line = Line(said.signal, _words(said.notice, texts))
    return None if line.text == now.text else line


def _question(state: State, texts: Texts) -> Asked | None:
    """Only while it is what the panel says: a fault of the printer hides it, and then no answer counts."""
    question = on_show(state)
    if question is None or state.told.question != question.id:
        return None
    job = getattr(question, "job", None)
    slip = "" if job is None else number(job.subject)
    may = why_not(state, StaffAction.YES) is None
    return Asked(question.id, _words(asking(question), texts), slip, may)


def _faults(state: State) -> Iterator[Notice]:
    """Each with its remedy; what is asked is no fault."""
    found = [notice for notice in pressing(state) if not notice.key.startswith(("question.", "starting"))]
    yield from found
    sick = {dict(notice.values).get("printer") for notice in found}
    yield from (notice for notice in concerns(state) if _is_news(notice, sick))
    if BROKER in state.presence.devices and not state.presence.devices[BROKER]:
        yield absence(state.presence, BROKER)


def _is_news(notice: Notice, sick: Set[str | None]) -> bool:
    """No spare stands in for a printer whose fault is told already."""
    return notice.key != "printer-spare" or dict(notice.values)["printer"] not in sick


def _tube(state: State, at: Instant, texts: Texts) -> TubeNow | None:
    tube = state.sampling.open
    if tube is None:
        return None
    last = tube.filled + len(tube.holes)
    places = tuple(place <= last and place not in tube.holes for place in range(1, tube.capacity + 1))
    limit_s = state.plan.open_limit_ms // 1000
    open_s = _age_s(tube, at) if tube.filled else 0
    return TubeNow(
        tube.code or "-", pool_in_words(tube.pool, texts), places, tube.filled, tube.capacity, open_s, limit_s
    )


def _age_s(tube: Tube, at: Instant) -> int | None:
    age_ms = at.since_ms(tube.at)
    return None if age_ms is None else max(0, age_ms // 1000)


def _next(state: State) -> NextTube | None:
    tube = state.sampling.ready
    if tube is None:
        return None
    waits = any(job.kind is JobKind.LABEL for job in state.printing.about(tube))
    return NextTube(tube.code or "-", not waits)


def _waiting(state: State, at: Instant) -> Waiting | None:
    tube = state.packing.oldest
    if tube is None:
        return None
    return Waiting(tube.code or "-", _age_s(tube, at), state.plan.transport_limit_ms // 1000)


def _units(state: State) -> Iterator[UnitNow]:
    units = state.roster
    for name in () if units.head is None else units.head.units:
        progress = units.progress.get(name)
        if progress is not None:
            yield UnitNow(name, progress.listed, progress.came, progress.missing, name == units.called)


def _boxes(state: State) -> Iterator[BoxNow]:
    for box in state.packing.boxes:
        closed = box.state is BoxState.CLOSED
        yield BoxNow(box.number, closed, box.tubes, box.people, box.seal, len(box.strays))


def _today(state: State) -> Today:
    totals, units = state.counters.totals, state.roster
    unlisted = None
    if units.settled:
        listed = sum(each.counts.get(Standing.SAMPLED, 0) for each in units.progress.values())
        unlisted = max(0, totals.samples - totals.voided - listed)
    refused = sum(totals.refused.values()) + sum(state.scans.sent_away.values())
    return Today(totals.samples - totals.voided, totals.voided, totals.exempt, totals.tubes, refused, unlisted)


def _machine(state: State, gauges: Gauges, at: Instant) -> Machine:
    clock = f"{moment(state.plan.zone, at.wall_ms / 1000):%H:%M}" if at.trusted else None
    waiting = sum(1 for job in state.printing if job.kind in (JobKind.LABEL, JobKind.VOUCHER))
    return Machine(clock, state.presence.devices.get(BROKER), waiting, gauges)
