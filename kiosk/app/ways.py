"""How long the last slips took from the scanner to the paper: noted once, for whoever tells of it."""

from collections import deque
from itertools import pairwise

from kiosk.engine.inbox import Trace
from kiosk.ports import PrintReport
from kiosk.screen.gauges import Way

MOST = 200


class Ways(deque[Way]):
    """The last ones. The deciding thread adds, any may read a copy."""

    def __init__(self) -> None:
        super().__init__(maxlen=MOST)

    def note(self, trace: Trace, report: PrintReport) -> None:
        """The way of one scan, by hops."""
        stations = trace.scanned, trace.understood, trace.decided, trace.committed
        steps = pairwise((*stations, report.rendered_ns, report.ended_ns))
        self.append(Way(tuple((after - before) / 1e6 for before, after in steps)))
