"""What the panel shows between people: ready, or what staff must do first."""

from kiosk.model import Sample
from kiosk.ports import Signal
from kiosk.rules import printer_fault
from kiosk.session.effects import Notice
from kiosk.session.state import State

BROKER = "broker"
"""The one device whose absence is nobody's task at the table: the kiosk works the same with no network."""


def mood(state: State) -> tuple[Signal, Notice]:
    fault = printer_fault(state.needed_printers())
    if fault is not None:
        return Signal.ATTENTION, Notice(f"refused.{fault}")
    if state.memory.doubtful:
        job = state.memory.doubtful[0]
        number = job.subject.voucher if isinstance(job.subject, Sample) else job.subject.code or "-"
        return Signal.ATTENTION, Notice(f"question.{job.kind}", (("number", number),))
    missing = next((device for device, up in state.devices.items() if not up and device != BROKER), None)
    if missing is not None:
        return Signal.ATTENTION, Notice("device-gone", (("device", missing),))
    if state.paused:
        return Signal.ATTENTION, Notice("refused.paused")
    return Signal.READY, Notice("ready")
