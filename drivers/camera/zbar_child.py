"""The child of zbar: reads frames in shared memory by pyzbar; started with its number and the parent's id."""

import contextlib
import ctypes
import json
import mmap
import os
import resource
import signal
import sys

from pyzbar.pyzbar import Decoded, ZBarSymbol, decode

PR_SET_PDEATHSIG = 1
MEMORY = 1 << 30
"""Bytes of address space: a payload that makes ZBar grow for ever ends the child, not the machine."""
NAMES = {"QRCODE": "QRCode", "CODE128": "Code128"}
"""Only what the kiosk uses: ZBar's PDF417 and DataBar readers write assertions to standard error."""
KINDS = [ZBarSymbol.QRCODE, ZBarSymbol.CODE128]


def _bind(parent: int) -> None:
    """Ends with the parent, however that ends, also while ZBar loops."""
    # The service may forbid it, and has limits of its own.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit


def main() -> None:
    """Says that it is ready, then answers each line `width height` by a line of JSON."""
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    _bind(parent)
    frame = mmap.mmap(memory, 0, prot=mmap.PROT_READ)
    _say([])
    for line in sys.stdin:
        width, height = map(int, line.split())
        found = _decoded((frame[: width * height], width, height))
        answer = [
            {"data": each.data.hex(), "format": NAMES[each.type], "area": each.rect.width * each.rect.height}
            for each in found
        ]
        _say(answer)


def _decoded(picture: tuple[bytes, int, int]) -> list[Decoded]:
    """Nothing where one of several QR codes that belong together is seen alone: pyzbar 0.1.9 fails on that."""
    try:
        found: list[Decoded] = decode(picture, symbols=KINDS)
    except ValueError:
        return []
    return [each for each in found if each.type in NAMES]


def _say(answer: list[dict[str, str | int]]) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - standard output is the line to the parent


if __name__ == "__main__":
    main()
