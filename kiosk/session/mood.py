"""What the panel shows between people: ready, or what staff must do first."""

from kiosk.model import Sample, Subject, Tube
from kiosk.ports import Signal
from kiosk.session.effects import Notice
from kiosk.session.state import State

BROKER = "broker"
"""The one device whose absence is nobody's task at the table: the kiosk works the same with no network."""


def mood(state: State) -> tuple[Signal, Notice]:
    fault = state.fault(*state.roles())
    if fault is not None:
        return Signal.ATTENTION, Notice(f"refused.{fault.reason}", (("printer", fault.printer),))
    if state.memory.doubtful:
        job = state.memory.doubtful[0]
        return Signal.ATTENTION, Notice(f"question.{job.kind}", (("number", number(job.subject)),))
    if held := state.held():
        return Signal.ATTENTION, Notice("question.waiting", (("n", str(len(held))),))
    missing = next((device for device, up in state.devices.items() if not up and device != BROKER), None)
    if missing is not None:
        return Signal.ATTENTION, Notice("device-gone", (("device", missing),))
    if state.paused:
        return Signal.ATTENTION, Notice("refused.paused")
    tube = state.memory.open
    if tube is not None and tube.code is None and tube.room <= 0:
        return Signal.ATTENTION, Notice("tube-wanted")
    return Signal.READY, Notice("ready")


def steady(state: State) -> Signal:
    """The lamp that stays on while something else is told."""
    signal, _ = mood(state)
    return signal


def number(subject: Subject) -> str:
    match subject:
        case Sample():
            return subject.voucher
        case Tube():
            return subject.code or "-"
        case _:
            return str(subject.id)
