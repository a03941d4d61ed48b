"""`python -m kiosk.virtual.printer --link /run/printer --out slips`: a printer to play with, until interrupted."""

import argparse
import sys
import threading
from pathlib import Path

from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter
from kiosk.virtual.wire import PtyWire


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m kiosk.virtual.printer", description=__doc__)
    parser.add_argument("--link", type=Path, required=True, help="where the serial line appears")
    parser.add_argument("--out", type=Path, required=True, help="directory for the slips' pictures")
    parser.add_argument("--paper", type=int, choices=(58, 80), default=58, help="paper width in mm")
    parser.add_argument("--baud", type=int, default=115200)
    parser.add_argument("--cutter", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    def keep(slip: Slip) -> None:
        path = options.out / f"slip-{slip.index:03d}.png"
        slip.image.save(path)
        sys.stdout.write(f"{path}: {slip.bytes} bytes, {len(slip.lines)} lines\n")

    settings = PrinterSettings(paper_mm=options.paper, baud=options.baud, cutter=options.cutter)
    with VirtualPrinter(PtyWire(options.link), settings, keep):
        sys.stdout.write(f"printer on {options.link}; Ctrl-C ends\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
