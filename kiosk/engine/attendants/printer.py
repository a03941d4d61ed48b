"""A printer's attendant."""

import contextlib
import queue
from collections.abc import Callable, Iterator
from functools import partial

from kiosk.engine.attendants.attendant import Attendant
from kiosk.engine.attendants.calls import LIMIT_S, SLIP_S, BrokenError, Call
from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import Inbox, Item, NotPrinted, Printed, PrinterNews, Trace
from kiosk.model import PrintJob
from kiosk.ports import DeviceError, DeviceRefused, Document, Printer, PrinterState, PrintOutcome, PrintReport

REST_S = 0.5
"""A printer that says nothing is left alone for so long; a job or a change of its state ends that at once."""


class PrinterAttendant(Attendant):
    """Prints the batches that it is given and tells what became of them, and each change of the printer's state."""

    def __init__(
        self,
        name: str,
        inbox: Inbox,
        printer: Printer,
        lay_out: Callable[[PrintJob], Document],
        interrupted: bool,
        now_ns: Callable[[], int],
        back_off: BackOff = AT_HAND,
    ) -> None:
        super().__init__(name, inbox, now_ns, back_off)
        self._printer, self._lay_out = printer, lay_out
        self._interrupted = interrupted
        self._batches: queue.SimpleQueue[tuple[tuple[PrintJob, ...], Trace | None]] = queue.SimpleQueue()

    def submit(self, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        self._batches.put((jobs, trace))
        self._printer.wake()

    def stop(self) -> None:
        super().stop()
        self._printer.wake()

    def open(self) -> None:
        call = Call.OPEN_ANEW if self._interrupted else Call.OPEN
        self.calls.ask(call, partial(self._printer.open, self._interrupted))
        self._interrupted = False
        self._look(0)

    def serve(self) -> None:
        while not self.stopping and not self._interrupted:
            try:
                jobs, trace = self._batches.get_nowait()
            except queue.Empty:
                self._look(REST_S)
            else:
                self._print(jobs, trace)
            self.tell_owed()

    def close(self) -> None:
        self._printer.close()

    def closed(self) -> None:
        for jobs in self._untaken():
            self._return(jobs)

    def given_up(self) -> Iterator[Item]:
        """What it has not begun can go to a spare. What it prints stays under way until it comes back or the process
        starts again: nobody knows what of it is on paper."""
        for jobs in self._untaken():
            yield NotPrinted(self.name, jobs)

    def gone(self, why: str, held: bool = False) -> PrinterNews:
        return PrinterNews(self.name, None, why, held)

    def _look(self, timeout: float) -> None:
        self._changed(self.calls.ask(Call.STATUS, partial(self._printer.status, timeout)))

    def _print(self, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        documents = [self._lay_out(job) for job in jobs]
        try:
            report = self._report(documents)
        except BrokenError:
            self._ended(jobs, self._nothing_known(jobs), trace)
            raise
        except DeviceError as error:
            self._return(jobs)
            if isinstance(error, DeviceRefused):
                return
            raise
        self._ended(jobs, report, trace)
        if not report.alive:
            self.tell(self.gone("stopped answering in a slip"))

    def _report(self, documents: list[Document]) -> PrintReport:
        longest_s = LIMIT_S[Call.PRINT] + SLIP_S * len(documents)

        def changed(state: PrinterState) -> None:
            # A printer that asks for a human may wait for one as long as that takes; the panel asks too.
            self.calls.wait_for(Call.PRINT, longest_s if state.ready else None)
            self._changed(state)

        return self.calls.ask(Call.PRINT, lambda: self._printer.print(documents, changed), SLIP_S * len(documents))

    def _ended(self, jobs: tuple[PrintJob, ...], report: PrintReport, trace: Trace | None) -> None:
        # A slip in doubt may hang out half-printed or half-sent: open again and cut it off.
        self._interrupted = PrintOutcome.UNCONFIRMED in report.outcomes
        self.post(Printed(self.name, jobs, report, trace))

    def _nothing_known(self, jobs: tuple[PrintJob, ...]) -> PrintReport:
        """Bytes may have left before the driver broke, or not."""
        now_ns = self._now_ns()
        return PrintReport((PrintOutcome.UNCONFIRMED,) * len(jobs), now_ns, now_ns, now_ns, alive=False)

    def _untaken(self) -> Iterator[tuple[PrintJob, ...]]:
        """Batches that were submitted and not begun; each is given to one caller, on whichever thread."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self._batches.get_nowait()[0]

    def _return(self, jobs: tuple[PrintJob, ...]) -> None:
        """Nothing of them was printed: they wait until the printer is heard of again."""
        self.post(NotPrinted(self.name, jobs))
        self.untold()

    def _changed(self, state: PrinterState) -> None:
        self.tell(PrinterNews(self.name, state))
