"""What model of printer this one is, and how fast."""

from dataclasses import dataclass
from typing import Literal

DOTS_A_MM = 8
USB_BYTES_A_SECOND = 1_000_000
BITS_A_BYTE = 10


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """Speeds in mm/s and baud, lengths in mm, times in ms (ESC/POS notes, geometry and sections 4, 5, 8)."""

    paper_mm: Literal[58, 80] = 58
    dots: int | None = None
    """Across; None: 384 or 576 as the paper says. 512 on models that print 42 columns on 80 mm."""
    baud: int | None = 115200
    """None: USB or network, 1 MB/s."""
    head_mm_s: float = 150.0
    buffer_bytes: int = 4096
    cutter: bool = False
    """Without one GS V feeds to the tear bar."""
    tear_mm: float = 12.0
    """From the head to the cutter or the tear bar."""
    cut_ms: float = 350.0
    charset: Literal["gbk", "gb18030"] = "gbk"
    """The ROM: with `gbk` a four-byte sequence prints as rubbish."""
    chinese_at_start: bool = True
    process_id: bool = True
    asb: bool = True
    answers: bool = True
    real_time: tuple[int, ...] = (1, 2, 3, 4)
    """To which DLE EOT it answers."""
    fixed_bits: int = 0x12
    """The bits of these answers that say nothing; makers that copy Epson do not always copy them."""
    queues_status: bool = False
    """DLE EOT is answered when the queue reaches it and the paper is out, not at once."""
    line_stays: bool = True
    """The line stays up while the printer is off, as a serial one does and USB does not."""
    mark_mm: float | None = None
    """Distance of the black marks; None: plain paper, FF and GS FF feed nothing."""
    mark_answers: bool = False
    """After GS FF return AA (mark found) or 55 (section 7)."""
    idle_s: float = 0.03
    """A printer at rest and a line silent for so long: the next byte begins a new burst."""
    model_id: int = 0x20
    firmware: str = "1.00"
    maker: str = "VIRTUAL"
    model: str = "VP-58"
    serial: str = "VP00000001"

    @property
    def width(self) -> int:
        """Dots across."""
        return self.dots or (384 if self.paper_mm == 58 else 576)

    @property
    def byte_s(self) -> float:
        """Seconds of one byte on the line."""
        return 1 / USB_BYTES_A_SECOND if self.baud is None else BITS_A_BYTE / self.baud

    @property
    def row_s(self) -> float:
        """Seconds of one dot row at full speed."""
        return 1 / (DOTS_A_MM * self.head_mm_s)

    @property
    def tear_rows(self) -> int:
        return round(self.tear_mm * DOTS_A_MM)

    @property
    def cut_s(self) -> float:
        return self.cut_ms / 1000 if self.cutter else 0.0
