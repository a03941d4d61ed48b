"""What may be done at the table: pure decisions, no state of their own."""

from kiosk.model import Refusal, Sample, Tube


def why_not(prior: Sample | None, tube: Tube | None, fault: Refusal | None, *, paused: bool) -> Refusal | None:
    """Why this person may not be sampled now; None if they may. `fault` is what keeps the slips that are needed from
    coming out."""
    if prior is not None:
        return Refusal.ALREADY_SAMPLED
    if paused:
        return Refusal.PAUSED
    if fault is not None:
        return fault
    if tube is None:
        return Refusal.NO_TUBE
    return Refusal.TUBE_FULL if tube.free <= 0 else None
