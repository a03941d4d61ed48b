"""Every kind of slip, drawn by the virtual printer from the bytes that a real one gets.

`make pictures` writes docs/pictures/slips.png and slips-80mm.png.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw, ImageOps

from drivers.escpos.abilities import Abilities
from drivers.escpos.encoder import SlipEncoder
from kiosk.layouts import Letterhead, lay_out
from kiosk.model import (
    Absent,
    Box,
    BoxState,
    CopyReason,
    Handover,
    Instant,
    JobKind,
    JobState,
    MissingList,
    Packed,
    Person,
    PrintJob,
    Refusal,
    Sample,
    Shift,
    Subject,
    Totals,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.ports import Document
from kiosk.texts import Texts
from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.settings import DOTS_A_MM, PrinterSettings
from kiosk.virtual.printer.slips import Torn, drawn
from kiosk.vouchers.manifest import manifest_of, sign
from kiosk.vouchers.token import Signer, claims_of

MORNING = Instant("boot", 0, 1_653_015_600_000, True)
TUBE = Tube(1, "035200000104", TubeSource.PRINTED, 10, TubeState.OPEN, 8, MORNING, "3号楼")
PERSON = Person(b"", "阿********", "**************0010")
SAMPLE = Sample(7, PERSON, 1, 10, 3, "V0352000000158", MORNING, tube=TUBE.code)
REFUSED = {Refusal.ALREADY_SAMPLED: 12, Refusal.UNKNOWN_CODE: 5, Refusal.WRONG_CHECK_DIGIT: 3, Refusal.UNREADABLE: 1}
SHIFT = Shift(1, Totals(548, 56, 58, 548, 1, 7, REFUSED), replace(TUBE, filled=3), MORNING)
GREY, GAP, EDGE = (226, 226, 222), 28, 3


def signed(sample: Sample) -> str:
    return Signer(bytes(32)).sign(claims_of(sample, "2022-05-r1/wy-0352/a"))


def later(minutes: int) -> Instant:
    return replace(MORNING, wall_ms=MORNING.wall_ms + 60_000 * minutes)


def documents(head: Letterhead) -> list[Document]:
    """One slip of each kind, the label also as a copy."""
    tubes = [
        replace(TUBE, code=f"03520000{n:02d}{n:02d}", filled=10 - n % 3, at=later(-270 + 35 * n)) for n in range(1, 8)
    ]
    unit = "3号楼1单元"
    who = (("101", 1, "王**"), ("302", 3, "古**·*****"), ("602", 6, "李*"), ("1103", 11, "测**"))
    missing = MissingList(5, unit, 64, 58, 2, tuple(Absent(unit, *each) for each in who), MORNING)
    jobs: list[tuple[JobKind, Subject]] = [(JobKind.LABEL, TUBE), (JobKind.VOUCHER, SAMPLE)]
    jobs += [(JobKind.CLOSING, TUBE), (JobKind.REPORT, SHIFT)]
    slips = [lay_out(PrintJob(1, kind, "", JobState.QUEUED, subject), head) for kind, subject in jobs]
    copy = PrintJob(1, JobKind.LABEL, "", JobState.QUEUED, TUBE, 1, CopyReason.DID_NOT_COME_OUT)
    slips.insert(1, lay_out(copy, head))
    slips.append(lay_out(PrintJob(1, JobKind.MANIFEST, "", JobState.QUEUED, _handover(tubes)), head))
    slips.append(lay_out(PrintJob(1, JobKind.MISSING, "", JobState.QUEUED, missing), head))
    return slips


def _handover(tubes: list[Tube]) -> Handover:
    people = sum(tube.filled for tube in tubes)
    box = Box(9, "B035200000977", BoxState.HANDED_OVER, MORNING, len(tubes), people, seal="S123456")
    return Handover(1, box, tuple(Packed(tube, 1) for tube in tubes), MORNING)


def passed(handover: Handover) -> str:
    return sign(manifest_of(handover, "2022-05-r1/wy-0352/a"), Signer(bytes(32)))


def paper(document: Document, paper_mm: Literal[58, 80]) -> Image.Image:
    """The slip as it leaves the printer, with the paper from the head to the bar above it."""
    torn: list[Torn] = []
    settings = PrinterSettings(paper_mm=paper_mm, baud=None)
    machine = Machine(settings, lambda _at, _data: None, torn.append)
    machine.take(SlipEncoder(Abilities(paper_mm)).encode(document), time.monotonic())
    machine.advance(time.monotonic() + 3600)
    slip = drawn(torn[0], settings.width).image.convert("RGB")
    margin = (paper_mm * DOTS_A_MM - slip.width) // 2
    return ImageOps.expand(slip, (margin, 0), (255, 255, 255))


def sheet(slips: list[Image.Image], columns: int) -> Image.Image:
    """The slips on a table, as in a shop window: each into the shortest column."""
    width = slips[0].width
    heights = [GAP] * columns
    places = []
    for slip in slips:
        column = heights.index(min(heights))
        places.append((GAP + column * (width + GAP), heights[column]))
        heights[column] += slip.height + GAP
    table = Image.new("RGB", (GAP + columns * (width + GAP), max(heights)), GREY)
    draw = ImageDraw.Draw(table)
    for slip, (x, y) in zip(slips, places, strict=True):
        draw.rectangle((x + EDGE, y + EDGE, x + slip.width + EDGE, y + slip.height + EDGE), fill=(190, 190, 186))
        table.paste(slip, (x, y))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--language", choices=("zh_CN", "en"), default="zh_CN")
    options = parser.parse_args()
    widths: tuple[Literal[58, 80], ...] = (58, 80)
    for paper_mm in widths:
        head = Letterhead("wy-0352-a", ZoneInfo("Asia/Shanghai"), Texts(options.language), signed, passed, paper_mm)
        slips = [paper(document, paper_mm) for document in documents(head)]
        picture = sheet(slips, 4)
        picture.quantize(32).save(options.out / ("slips.png" if paper_mm == 58 else "slips-80mm.png"), optimize=True)


if __name__ == "__main__":
    main()
