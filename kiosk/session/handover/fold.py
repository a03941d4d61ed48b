"""The only writer of the boxes."""

from dataclasses import replace
from operator import attrgetter

from kiosk.model import Box, Handover, dated
from kiosk.model.changes import (
    BoxChanged,
    BoxHandedOver,
    BoxOpened,
    Change,
    ClockSet,
    HandoverTakenBack,
    TubeBoxed,
    TubeUnboxed,
)
from kiosk.session.handover.state import Packing
from kiosk.session.passing import OldestLooked, PackingUntil, Passing


def fold(packing: Packing, change: Change | Passing) -> Packing:
    match change:
        case BoxOpened(box) | BoxChanged(box) | TubeBoxed(_, box) | TubeUnboxed(_, box):
            return _with(packing, box)
        case BoxHandedOver(handover):
            left = tuple(box for box in packing.boxes if box.id != handover.box.id)
            return replace(packing, boxes=left, handover=handover)
        case HandoverTakenBack(handover):
            return replace(_with(packing, handover.box), handover=None)
        case PackingUntil(until_ns):
            return replace(packing, until_ns=until_ns)
        case OldestLooked(tube, age):
            return replace(packing, oldest=tube, age=age)
        case ClockSet(boot, offset_ms):
            boxes = tuple(dated(box, boot, offset_ms) for box in packing.boxes)
            last = packing.handover and dated_handover(packing.handover, boot, offset_ms)
            return replace(packing, boxes=boxes, handover=last)
        case _:
            return packing


def _with(packing: Packing, box: Box) -> Packing:
    others = (other for other in packing.boxes if other.id != box.id)
    return replace(packing, boxes=tuple(sorted((*others, box), key=attrgetter("id"))))


def dated_handover(handover: Handover, boot: str, offset_ms: int) -> Handover:
    """With all times of a boot corrected."""
    packed = tuple(replace(each, tube=dated(each.tube, boot, offset_ms)) for each in handover.packed)
    return dated(replace(handover, box=dated(handover.box, boot, offset_ms), packed=packed), boot, offset_ms)
