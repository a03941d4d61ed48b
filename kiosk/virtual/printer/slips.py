"""Paper that came out: strips and runs gathered until the cut, then drawn to a `Slip`."""

from dataclasses import dataclass, field

from PIL import Image

from kiosk.virtual.printer import sheet
from kiosk.virtual.printer.head import Run
from kiosk.virtual.printer.strips import Strip


@dataclass(frozen=True, slots=True)
class Slip:
    """The paper between two cuts. Times in seconds of CLOCK_MONOTONIC; a blank slip's are all its end.

    `burst_at` is when the first byte of the burst began on the line; `last_dot_at - burst_at` is never below `limit_s`,
    the time that the same bytes need back-to-back into an idle printer, from the first byte to the last black row.
    `bytes` are the slip's own, also when the next one comes while it is printed, without questions about the state.
    """

    index: int
    image: Image.Image
    lines: tuple[bytes, ...]
    barcodes: tuple[str, ...]
    qrs: tuple[bytes, ...]
    bytes: int
    burst_at: float
    first_byte_at: float
    last_byte_at: float
    last_dot_at: float
    ended_at: float
    limit_s: float


@dataclass(frozen=True, slots=True)
class Torn:
    """Paper that has been cut off, not yet drawn."""

    index: int
    first_row: int
    end_row: int
    strips: tuple[tuple[int, int, Strip], ...]
    runs: tuple[Run, ...]
    bytes: int
    first_byte_at: float
    ended_at: float


@dataclass(slots=True)
class Track:
    """Everything since the last cut: each strip with its first row and its burnt rows; the paper's rows count up."""

    first_row: int
    strips: list[tuple[int, int, Strip]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    bytes: int = 0
    first_byte_at: float | None = None
    cuts: int = 0

    def begin(self, strip: Strip, row: int) -> None:
        self.strips.append((row, 0, strip))

    def burn(self, run: Run) -> None:
        top, _, strip = self.strips[-1]
        self.strips[-1] = (top, run.first_row + run.rows - top, strip)
        if run.rows:
            self.runs.append(run)

    def count(self, size: int, first_byte_at: float) -> None:
        self.bytes += size
        if self.first_byte_at is None:
            self.first_byte_at = first_byte_at

    def cut(self, end_row: int, at: float) -> Torn | None:
        """Cut the paper at `end_row`; what lies behind stays. None if that leaves no paper to take."""
        if end_row <= self.first_row:
            return None
        torn = Torn(
            self.cuts,
            self.first_row,
            end_row,
            tuple(self.strips),
            tuple(self.runs),
            self.bytes,
            at if self.first_byte_at is None else self.first_byte_at,
            at,
        )
        self.strips = [entry for entry in self.strips if entry[0] + entry[2].rows > end_row]
        self.runs = [run for run in self.runs if run.first_row + run.rows > end_row]
        self.first_row, self.bytes, self.first_byte_at, self.cuts = end_row, 0, None, self.cuts + 1
        return torn


def drawn(torn: Torn, width: int) -> Slip:
    """Slow: draws the paper."""
    image = picture(torn.strips, torn.first_row, torn.end_row, width)
    black = sheet.black_rows(image)
    burnt = [strip for top, rows, strip in torn.strips if torn.first_row <= top < torn.end_row and rows]
    last = _run_of(torn, black[1] + torn.first_row) if black else None
    row = black[1] + torn.first_row if black else 0
    return Slip(
        index=torn.index,
        image=image,
        lines=tuple(strip.text for strip in burnt if strip.text),
        barcodes=tuple(strip.barcode for strip in burnt if strip.barcode is not None),
        qrs=tuple(strip.qr for strip in burnt if strip.qr is not None),
        bytes=torn.bytes,
        burst_at=last.stamp.burst.began_at if last else torn.ended_at,
        first_byte_at=torn.first_byte_at,
        last_byte_at=last.stamp.arrived if last else torn.ended_at,
        last_dot_at=last.burnt_at(row) if last else torn.ended_at,
        ended_at=torn.ended_at,
        limit_s=last.ideal_burnt_at(row) if last else 0.0,
    )


def picture(strips: tuple[tuple[int, int, Strip], ...], first_row: int, end_row: int, width: int) -> Image.Image:
    moved = ((top - first_row, burnt, strip) for top, burnt, strip in strips)
    return sheet.draw(moved, width, max(1, end_row - first_row))


def joined(pieces: list[Image.Image]) -> Image.Image:
    """One piece of paper, the first piece at the top."""
    whole = Image.new("1", (pieces[0].width, sum(piece.height for piece in pieces)), 1)
    top = 0
    for piece in pieces:
        whole.paste(piece, (0, top))
        top += piece.height
    return whole


def _run_of(torn: Torn, row: int) -> Run | None:
    return next((run for run in torn.runs if run.first_row <= row < run.first_row + run.rows), None)
