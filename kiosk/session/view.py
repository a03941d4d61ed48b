"""What the panel shows between people: a view of the state, shown when it differs from what was shown last.

decisions: The panel."""

from collections import Counter
from collections.abc import Iterator

from kiosk.credentials import LAST_TUBE, LAST_VOUCHER
from kiosk.model import (
    Box,
    Handover,
    JobKind,
    JobState,
    Mismatch,
    MissingList,
    Role,
    Roll,
    Sample,
    Shift,
    StaffAction,
    Stray,
    Subject,
    Tally,
    Tube,
    TubeOrder,
    TubeSource,
)
from kiosk.ports import Signal
from kiosk.session.handover.packing import figures
from kiosk.session.notice import Notice, Show
from kiosk.session.orders.saying import said
from kiosk.session.presence.rules import BROKER, absence, printer_fault
from kiosk.session.questions.asked import on_show
from kiosk.session.questions.state import (
    CloseBox,
    DidItComeOut,
    OtherLabel,
    PassOn,
    PrintThemNow,
    Question,
    TakeBack,
    TakeBackBox,
    TakeBackTube,
    TakeNote,
)
from kiosk.session.sampling.exempting import REASONS
from kiosk.session.sampling.state import Age
from kiosk.session.state import State

NEARLY_USED = 0.9
"""Of a block; then somebody should fetch another."""
ASKED = {
    StaffAction.VOID: "void-asked",
    StaffAction.WITH_ME: "with-me-asked",
    StaffAction.AGAIN: "again-asked",
    **dict.fromkeys(REASONS, "exempt-asked"),
}
"""The next card that is shown is not that of somebody who comes to be sampled."""
ALMOST = 0.999
"""All tubes are allotted and the last of them still takes people."""


def resting(state: State) -> Show:
    """Ready, or what staff must do first."""
    notice = urgent(state) or next(concerns(state), None)
    if notice is None:
        return Show(Signal.READY, _welcome(state))
    asks = question_shown(state, notice) is not None
    return Show(Signal.QUESTION if asks else Signal.ATTENTION, notice)


def _welcome(state: State) -> Notice:
    single = state.sampling.single
    return Notice("ready") if single is None else Notice("single-ready", (("tube", single.code or "-"),))


def urgent(state: State) -> Notice | None:
    """What keeps people from being served, or will if staff do nothing."""
    return next(pressing(state), None)


def pressing(state: State) -> Iterator[Notice]:
    """All of it, the most urgent first."""
    if state.questions.proposed is not None:
        # Staff stand there and wait for it.
        yield asking(state.questions.proposed)
    if _unheard(state):
        yield Notice("starting")
    if state.presence.disk_full:
        yield Notice("refused.disk-full")
    fault = state.fault(*state.plan.roles, *roles_wanted(state))
    if fault is not None:
        yield Notice(f"refused.{fault.reason}", (("printer", fault.printer),))
    question = on_show(state)
    if question is not None:
        yield asking(question)
    wanted = state.staff.wanted
    if wanted is not None and wanted.action in ASKED:
        yield Notice(ASKED[wanted.action])
    missing = (device for device, up in state.presence.devices.items() if not up and device != BROKER)
    yield from (absence(state.presence, device) for device in missing)
    if _used(state) >= 1:
        yield Notice("refused.block-used-up")
    if state.staff.paused:
        yield Notice("refused.paused")
    wanting = _wanting_a_tube(state)
    if wanting is not None:
        yield wanting


def question_shown(state: State, shown: Notice) -> str | None:
    """The id of the question that `shown`, the panel's words now, asks; None if they say something else."""
    question = on_show(state)
    return question.id if question is not None and shown == asking(question) else None


def roles_wanted(state: State) -> tuple[Role, ...]:
    """What the next person's slips need: a label where the tube still waits for its own; nine more may come while the
    label printer is mended."""
    tube = state.sampling.single or state.sampling.open or state.sampling.ready
    slips = state.printing.about(tube) if tube is not None else ()
    waits = any(job.kind is JobKind.LABEL and job.state is JobState.QUEUED for job in slips)
    return (Role.VOUCHER, Role.LABEL) if waits else (Role.VOUCHER,)


def _unheard(state: State) -> bool:
    """A printer or scanner that has not said yet whether it is there."""
    printers = {name for role in state.plan.roles for name in state.plan.printers[role]}
    return not (printers <= state.presence.printers.keys() and state.presence.devices.keys() >= {*state.plan.scanners})


def asking(question: Question) -> Notice:
    """The words of a question."""
    match question:
        case DidItComeOut(job):
            copy = f" COPY {job.copy}" if job.copy else ""
            return Notice(f"question.{job.kind}", (("number", number(job.subject) + copy),))
        case TakeBack(sample):
            values = ("number", sample.person.number), ("voucher", sample.voucher)
            return Notice("question.void-person", values)
        case TakeBackTube(tube):
            return Notice("question.void-tube", (("tube", tube.code or "-"), ("filled", str(tube.filled))))
        case OtherLabel(tube):
            return Notice("question.other-label", (("tube", tube.code or "-"), ("filled", str(tube.filled))))
        case CloseBox(box, mismatches):
            return _closing(box, mismatches)
        case PassOn(box):
            return Notice("question.hand-over", tuple(figures(box).items()))
        case TakeBackBox(handover):
            return Notice("question.hand-over-back", tuple(figures(handover.box).items()))
        case TakeNote(loss):
            return Notice(f"question.{loss}")
        case PrintThemNow(n):
            return Notice("question.waiting", (("n", str(n)),))


def _closing(box: Box, mismatches: tuple[Stray, ...]) -> Notice:
    if not mismatches:
        return Notice("question.box-close", tuple(figures(box).items()))
    counted = Counter(each.why for each in mismatches)
    numbers = {"missing": str(counted[Mismatch.MISSING]), "late": str(counted[Mismatch.TOO_OLD])}
    return Notice("question.box-mismatch", tuple((figures(box) | numbers).items()))


def _wanting_a_tube(state: State) -> Notice | None:
    """Nobody can be served before staff scan a tube's barcode."""
    tube, plan = state.sampling.open, state.plan
    if state.sampling.single is not None:
        return None
    if tube is not None:
        return Notice("tube-wanted") if tube.code is None and tube.free <= 0 else None
    if plan.source is TubeSource.PRINTED or plan.order is TubeOrder.PERSONS_FIRST or state.sampling.ready is not None:
        return None
    last = state.sampling.last_tube
    return Notice("tube-wanted") if last is not None and last.free <= 0 else Notice("refused.no-tube")


def _used(state: State) -> float:
    """How much of the leased block is used, 1 when there is no number left of one kind."""
    tubes, vouchers = state.counters.next_tube_serial - 1, state.counters.next_voucher_serial - 1
    wanted = state.plan.source is TubeSource.PRINTED and state.sampling.ready is None and state.sampling.open is None
    return max(tubes / LAST_TUBE if wanted else min(tubes / LAST_TUBE, ALMOST), vouchers / LAST_VOUCHER)


def concerns(state: State) -> Iterator[Notice]:
    """What goes on well, but not for ever: a printer that another one stands in for, and paper that nears its end."""
    tube, age = state.sampling.open, state.scans.age
    if tube is not None and age is not Age.YOUNG:
        yield Notice(f"tube-age.{age}", (("tube", tube.code or "-"), ("filled", str(tube.filled))))
    oldest = state.packing.oldest
    if oldest is not None and state.packing.age is not Age.YOUNG:
        yield Notice(f"sealed-age.{state.packing.age}", (("tube", oldest.code or "-"),))
    yield from (said(each.command, state.plan.zone) for each in state.orders.shown)
    printers = state.presence.printers
    for name in printers:
        reason = printer_fault(state.presence, name)
        if reason is not None:
            yield Notice("printer-spare", (("printer", name), ("fault", reason)))
    if state.presence.refusing:
        yield Notice("centre-refuses")
    if state.presence.deaf:
        yield Notice("tables-unheard")
    yield from (Notice("other-round-key", (("table", table),)) for table in state.tables.strangers)
    if _used(state) >= NEARLY_USED:
        yield Notice("block-low", (("percent", f"{100 * _used(state):.0f}"),))
    low = (name for name, printer in printers.items() if printer is not None and printer.paper_low)
    yield from (Notice("paper-low", (("printer", name),)) for name in low)


def number(subject: Subject) -> str:
    """How people name what a slip is about."""
    match subject:
        case Sample():
            return subject.voucher
        case Tube() | Roll():
            return subject.code or "-"
        case Handover() | Tally():
            return subject.box.number
        case MissingList():
            return subject.unit or "-"
        case Shift():
            return str(subject.id)
