"""Does the paper agree with the journal? The judge of every kill, for a table whose printer outlived the kiosk."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kiosk.virtual.demo.report import numbers
from kiosk.virtual.printer import Slip

COPY = re.compile(r"COPY (\d+)")
NUMBER = re.compile(r"V\d{13}|(?<!\d)\d{4} ?\d{6} ?\d{2}(?!\d)")
JOBS = """
SELECT j.id, j.kind, coalesce(t.code, s.voucher), j.copy, j.state, j.settlement
FROM jobs j LEFT JOIN tubes t ON t.id = j.tube_id LEFT JOIN samples s ON s.seq = j.sample_seq ORDER BY j.id
"""

Shape = tuple[str, ...]
Name = tuple[str, int]
"""A slip's number and which copy it is; 0 is unmarked."""


@dataclass(frozen=True, slots=True)
class Job:
    id: int
    kind: str
    number: str
    copy: int
    state: str
    settlement: str | None

    @property
    def name(self) -> Name:
        return self.number, self.copy

    @property
    def open(self) -> bool:
        return self.state != "confirmed" and self.settlement is None and self.state != "failed"

    def __str__(self) -> str:
        copy = f" copy {self.copy}" if self.copy else ""
        return f"{self.kind} {self.number}{copy} ({self.state}, {self.settlement or 'not settled'})"


@dataclass(frozen=True, slots=True)
class Sample:
    person_key: bytes
    voucher: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the journal says: the samples that stand, the tubes' codes and the print jobs in their order."""

    samples: tuple[Sample, ...]
    tubes: tuple[str, ...]
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of paper: what it is, if it bears a number, and whether all of it is there."""

    index: int
    symbols: tuple[str, ...]
    copy: int
    written: frozenset[str]
    shape: Shape
    whole: bool

    @property
    def name(self) -> Name | None:
        return (self.symbols[0], self.copy) if self.symbols else None


DATED = r"(\S+) +00-00 (00:00)"
"""A label's last line, as a shape."""
COLUMNS = 32


def ledger(journal: Path) -> Ledger:
    """Reads only: a writer would clean up the log that the next start of the kiosk has to find as it was left."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as database:
        samples = database.execute("SELECT person_key, voucher FROM samples WHERE void = 0 ORDER BY seq").fetchall()
        tubes = database.execute("SELECT code FROM tubes WHERE code IS NOT NULL ORDER BY id").fetchall()
        jobs = database.execute(JOBS).fetchall()
    return Ledger(
        tuple(Sample(*row) for row in samples), tuple(code for (code,) in tubes), tuple(Job(*row) for row in jobs)
    )


def shape(slip: Slip) -> Shape:
    """The slip's text without the copy mark and with each digit as 0: the same for all whole slips of a kind."""
    lines = [line.decode("gbk", "replace") for line in slip.lines]
    return tuple(re.sub(r"[0-9X]", "0", line) for line in lines if not COPY.search(line))


def models_of(slips: Sequence[Slip]) -> frozenset[Shape]:
    """The shapes of whole slips, and of the copies of labels, whose last two lines are one without the date."""
    found = frozenset(shape(slip) for slip in slips)
    labels = [form for form in found if re.fullmatch(DATED, form[-1])]
    return found | {(*form[:-2], _joined(form[-2], re.sub(DATED, r"\1 \2", form[-1]))) for form in labels}


def _joined(code: str, right: str) -> str:
    return code.ljust(COLUMNS - len(right)) + right


def pieces(slips: Sequence[Slip], models: frozenset[Shape]) -> list[Piece]:
    """`models`: the shapes of slips that were printed in peace."""
    return [_piece(slip, models) for slip in slips]


def _piece(slip: Slip, models: frozenset[Shape]) -> Piece:
    text = [line.decode("gbk", "replace") for line in slip.lines]
    mark = next((found for line in text if (found := COPY.search(line))), None)
    written = {re.sub(r"\s", "", found) for line in text for found in NUMBER.findall(line)}
    form, symbols = shape(slip), numbers(slip)
    whole = form in models and len(symbols) == 1
    return Piece(slip.index, symbols, int(mark[1]) if mark else 0, frozenset(written), form, whole)


@dataclass(frozen=True, slots=True)
class Audit:
    """`violations` in words; the rest are figures. A difference: the journal is not sure and the paper shows it."""

    samples: int
    slips: int
    torn: int
    unconfirmed: int
    copies: int
    left_out: int
    differences: int
    violations: tuple[str, ...]


def audit(told: Ledger, paper: Sequence[Piece], models: frozenset[Shape], accepted: frozenset[bytes]) -> Audit:
    """`accepted`: the keys of the persons who saw the green lamp. Every question must have been answered before."""
    whole = {piece.name for piece in paper if piece.whole}
    jobs = {job.name: job for job in told.jobs}
    doubtful = [job for job in told.jobs if job.state == "unconfirmed"]
    violations = (
        *_people(told, accepted),
        *_repeated(paper),
        *mixed(paper, models),
        *(f"on no paper: {job}" for job in told.jobs if job.state == "confirmed" and job.name not in whole),
        *(f"never ended: {job}" for job in told.jobs if job.open),
        *(f"on paper, in no journal: {piece}" for piece in paper if piece.name and piece.name not in jobs),
        *(f"on paper, but {job}" for name, job in jobs.items() if name in whole and job.state in ("queued", "failed")),
        *_missing(told, whole),
    )
    return Audit(
        samples=len(told.samples),
        slips=len(paper),
        torn=sum(not piece.whole and bool(piece.shape or piece.symbols) for piece in paper),
        unconfirmed=len(doubtful),
        copies=sum(job.copy > 0 for job in told.jobs),
        left_out=sum(job.state == "failed" for job in told.jobs),
        differences=sum(job.name in whole for job in doubtful),
        violations=violations,
    )


def mistaken(told: Ledger, paper: Sequence[Piece]) -> list[str]:
    """Answers of staff that the paper contradicts."""
    whole = {piece.name for piece in paper if piece.whole}
    expected = {"came-out": True, "did-not": False}
    return [
        f"the answer is wrong: {job}"
        for job in told.jobs
        if job.settlement in expected and expected[job.settlement] is not (job.name in whole)
    ]


def _people(told: Ledger, accepted: frozenset[bytes]) -> Iterator[str]:
    keys = Counter(sample.person_key for sample in told.samples)
    for key in accepted - keys.keys():
        yield f"accepted on the panel and not in the journal: {key.hex()[:8]}"
    for key, count in keys.items():
        if count > 1:
            yield f"{count} samples of one person: {key.hex()[:8]}"


def twice_unmarked(paper: Sequence[Piece]) -> list[str]:
    """Numbers that came out more than once without a mark, whatever the journal says."""
    return list(_repeated([piece for piece in paper if not piece.copy]))


def _repeated(paper: Sequence[Piece]) -> Iterator[str]:
    for name, count in Counter(piece.name for piece in paper if piece.name).items():
        if count > 1:
            yield f"{count} times on paper: {name[0]}, " + (f"copy {name[1]}" if name[1] else "unmarked")


def mixed(paper: Sequence[Piece], models: frozenset[Shape]) -> Iterator[str]:
    """Pieces that are of two slips, or of none."""
    for piece in paper:
        kinds = Counter(number[0] == "V" for number in {*piece.symbols, *piece.written})
        if len(piece.symbols) > 1 or max(kinds.values(), default=0) > 1:
            yield f"parts of two slips: {piece}"
        elif not any(model[: len(piece.shape)] == piece.shape for model in models):
            yield f"not the beginning of any slip: {piece}"


def _missing(told: Ledger, whole: set[Name | None]) -> Iterator[str]:
    """Whoever was sampled has a voucher and each tube a label, marked or not, unless staff left it out."""
    out = {name[0] for name in whole if name} | {job.number for job in told.jobs if job.state == "failed"}
    for number in (*told.tubes, *(sample.voucher for sample in told.samples)):
        if number not in out:
            yield f"no whole slip for {number}"
