"""Which tubes a change says something of: said once for every slice that holds some."""

from kiosk.model import Tube
from kiosk.model.changes import (
    BoxHandedOver,
    Change,
    HandoverTakenBack,
    SampleChange,
    TubeBoxed,
    TubeChange,
    TubeUnboxed,
)


def tubes_of(change: Change) -> tuple[Tube, ...]:
    """Each as it is since."""
    match change:
        case TubeBoxed(packed):
            return (packed.tube,)
        case BoxHandedOver(handover) | HandoverTakenBack(handover):
            return tuple(packed.tube for packed in handover.packed)
    return (change.tube,) if isinstance(change, TubeChange | SampleChange | TubeUnboxed) else ()
