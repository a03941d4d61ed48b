"""Paper against journal: which slip each piece of paper is, and every difference that nobody was told of."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from kiosk.model import JobState, PrintJob, Sample, Settlement, Tube
from kiosk.ports import Barcode, Document, Element, Pair, QrCode, Text
from kiosk.virtual.printer import Slip

COLUMNS = 32
"""Of 12 dots, on 58 mm paper; a Chinese character takes two columns and two GBK bytes."""


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on a piece of paper, from top to bottom: lines as GBK bytes, and the contents of its codes."""

    lines: tuple[bytes, ...]
    codes: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not self.lines and not self.codes

    def is_part_of(self, whole: "Face") -> bool:
        """All of it stands there too, in the same order."""
        return _in_order(self.lines, whole.lines) and _in_order(self.codes, whole.codes)


def face_of(document: Document) -> Face:
    """What a printer with a GBK ROM makes of a layout."""
    bars = [element.digits for element in document.elements if isinstance(element, Barcode)]
    qrs = [element.data for element in document.elements if isinstance(element, QrCode)]
    lines = tuple(line for element in document.elements for line in _lines(element) if line)
    return Face(lines, (*bars, *qrs))


def face_on(slip: Slip) -> Face:
    return Face(slip.lines, (*slip.barcodes, *(qr.decode("latin-1") for qr in slip.qrs)))


@dataclass(frozen=True, slots=True)
class Audit:
    """One table's jobs as the journal has them and all paper that was cut, with the pieces torn by a human's paper."""

    jobs: tuple[PrintJob, ...]
    slips: tuple[Slip, ...]
    lay_out: Callable[[PrintJob], Document]
    torn: Collection[int] = ()
    """Indices of slips that lie in two pieces because the paper ended in them."""

    def whole(self, job: PrintJob) -> int:
        """How many whole slips of just this job, original or copy, came out."""
        face = face_of(self.lay_out(job))
        return sum(face_on(slip) == face and slip.index not in self.torn for slip in self.slips)

    def differences(self) -> list[str]:
        """What breaks the promise to people; empty if nothing does."""
        return [*self._joined(), *self._lost(), *self._doubled(), *self._unmarked(), *self._open()]

    def pieces(self) -> int:
        """Pieces of paper with something on them that are no whole slip."""
        whole = sum(self.whole(job) for job in self.jobs)
        return sum(not face_on(slip).blank for slip in self.slips) - whole

    def _joined(self) -> Iterator[str]:
        faces = [face_of(self.lay_out(job)) for job in self.jobs]
        for slip in self.slips:
            if not any(face_on(slip).is_part_of(face) for face in faces):
                lines = [line.decode("gbk", "replace") for line in slip.lines]
                yield f"slip {slip.index} is no one job's: {lines} {face_on(slip).codes}"

    def _lost(self) -> Iterator[str]:
        for number, jobs in self._by_number().items():
            told = all(job.settlement is Settlement.BY_DESIGN for job in jobs)
            if not told and not any(self.whole(job) for job in jobs):
                yield f"{number} is on no whole slip"

    def _doubled(self) -> Iterator[str]:
        for job in self.jobs:
            if self.whole(job) > 1:
                yield f"{number_of(job)} copy {job.copy} came out {self.whole(job)} times"

    def _unmarked(self) -> Iterator[str]:
        for job in self.jobs:
            sure = job.state is JobState.CONFIRMED or job.settlement is Settlement.CAME_OUT
            if sure and self.whole(job) != 1:
                yield f"{number_of(job)} copy {job.copy} is called {job.state}, {self.whole(job)} whole slips came out"

    def _open(self) -> Iterator[str]:
        for job in self.jobs:
            closed = job.state is JobState.CONFIRMED or job.settlement is not None
            if not closed:
                yield f"{number_of(job)} copy {job.copy} is still {job.state}"

    def _by_number(self) -> dict[str, list[PrintJob]]:
        numbers = Counter(number_of(job) for job in self.jobs)
        return {number: [job for job in self.jobs if number_of(job) == number] for number in numbers}


def number_of(job: PrintJob) -> str:
    match job.subject:
        case Sample(voucher=voucher):
            return voucher
        case Tube(code=code):
            return code or ""
        case _:
            return f"report {job.subject.id}"


def _lines(element: Element) -> list[bytes]:
    match element:
        case Text():
            return _broken(element)
        case Pair(left, right):
            parts = [part.text.encode("gbk") for part in (left, right)]
            gap = COLUMNS - len(parts[0]) * left.width - len(parts[1]) * right.width
            return [(b" " * gap).join(parts)]
        case _:
            return []


def _broken(text: Text) -> list[bytes]:
    """The line as the printer breaks it at the paper's edge."""
    lines = [b""]
    for character in text.text.encode("gbk", "ignore").decode("gbk"):
        raw = character.encode("gbk")
        if (len(lines[-1]) + len(raw)) * text.width > COLUMNS:
            lines.append(b"")
        lines[-1] += raw
    return lines


def _in_order(few: Sequence[object], many: Sequence[object]) -> bool:
    rest = iter(many)
    return all(each in rest for each in few)
