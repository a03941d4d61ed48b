"""A printer's attendant."""

import queue
from collections.abc import Callable

from kiosk.engine.attendants.attendant import Attendant
from kiosk.engine.back_off import AT_HAND, BackOff
from kiosk.engine.inbox import Inbox, NotPrinted, Printed, PrinterNews, Trace
from kiosk.model import PrintJob
from kiosk.ports import DeviceError, DeviceRefused, Document, Printer, PrinterState, PrintOutcome

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
        state = self._printer.open(self._interrupted)
        self._interrupted = False
        self._changed(state)

    def serve(self) -> None:
        while not self.stopping and not self._interrupted:
            try:
                jobs, trace = self._batches.get_nowait()
            except queue.Empty:
                self._changed(self._printer.status(REST_S))
            else:
                self._print(jobs, trace)
            self.tell_owed()

    def close(self) -> None:
        self._printer.close()
        while not self._batches.empty():
            jobs, _ = self._batches.get()
            self._return(jobs)

    def gone(self, why: str, held: bool = False) -> PrinterNews:
        return PrinterNews(self.name, None, why, held)

    def _print(self, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        documents = [self._lay_out(job) for job in jobs]
        try:
            report = self._printer.print(documents, self._changed)
        except DeviceError as error:
            self._return(jobs)
            if isinstance(error, DeviceRefused):
                return
            raise
        # A slip in doubt may hang out half-printed or half-sent: open again and cut it off.
        self._interrupted = PrintOutcome.UNCONFIRMED in report.outcomes
        self.post(Printed(self.name, jobs, report, trace))
        if not report.alive:
            self.tell(self.gone("stopped answering in a slip"))

    def _return(self, jobs: tuple[PrintJob, ...]) -> None:
        """Nothing of them was printed: they wait until the printer is heard of again."""
        self.post(NotPrinted(self.name, jobs))
        self.untold()

    def _changed(self, state: PrinterState) -> None:
        self.tell(PrinterNews(self.name, state))
