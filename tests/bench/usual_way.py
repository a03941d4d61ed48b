"""The usual way to print a Chinese slip: draw it with Pillow and send the picture through python-escpos.

It gets every advantage: the picture is drawn before the clock starts, the port is open, blank margins are left out.
"""

import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import drivers.escpos.library  # noqa: F401 - python-escpos is first loaded as the kiosk does it

# isort: split

from escpos.printer import Network, Serial
from PIL import Image, ImageChops

from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.printer import Slip

PAPER_S = 180.0
REST_S = 0.2


def picture(slip: Slip) -> Image.Image:
    """What stands on the slip, dot for dot, without the blank paper above, below and to the right."""
    paper = slip.image.convert("L")
    box = ImageChops.invert(paper).getbbox()
    return paper.crop((0, box[1], box[2], box[3])) if box else paper


def printed_as_pictures(table: DemoTable, slips: Sequence[Slip], times: int) -> Iterator[tuple[float, list[Slip]]]:
    """Prints the slips as pictures; each time the monotonic second of the call, and what came out."""
    pictures = [picture(slip) for slip in slips]
    printer = _printer(table.state / "kiosk.toml", table.printer.settings.width)
    try:
        for _ in range(times):
            time.sleep(REST_S)
            before, called_at = len(table.slips), time.monotonic()
            for image in pictures:
                printer.image(image, impl="bitImageRaster")
                printer.cut()
            yield called_at, _come_out(table, before, len(pictures))
    finally:
        printer.close()


def _printer(config: Path, dots: int) -> Serial | Network:
    """The library's own printer, open, on the line that the kiosk is configured for."""
    line = tomllib.loads(config.read_text(encoding="utf-8"))["printer"][0]
    printer = Network(line["host"], line["port"]) if line["kind"] == "tcp" else Serial(line["port"], line["baud"])
    # The library's default profile does not know its paper and says so on standard output at each picture.
    printer.profile.profile_data["media"]["width"]["pixels"] = dots
    printer.open()
    return printer


def _come_out(table: DemoTable, before: int, count: int) -> list[Slip]:
    end = time.monotonic() + PAPER_S
    while len(table.slips) < before + count:
        if time.monotonic() > end:
            raise SystemExit(f"the pictures did not come out within {PAPER_S:.0f} s")
        time.sleep(0.01)
    return table.slips[before:]
