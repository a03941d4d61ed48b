"""The child of zbar: reads frames in shared memory by pyzbar; started with its number and the parent's id."""

import json
import mmap
import sys

from pyzbar.pyzbar import Decoded, ZBarSymbol, decode

from drivers.camera.bound import bind

MEMORY = 64 << 20
"""Bytes, of which it uses a fifth. A payload that makes ZBar grow for ever ends the child, not the machine."""
OOM = 1000
"""Before the camera, which can do without it."""
NAMES = {"QRCODE": "QRCode", "CODE128": "Code128"}
"""Only what the kiosk uses: ZBar's PDF417 and DataBar readers write assertions to standard error."""
KINDS = [ZBarSymbol.QRCODE, ZBarSymbol.CODE128]


def main() -> None:
    """Says that it is ready, then answers each line `width height` by a line of JSON."""
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    bind(parent, MEMORY, OOM)
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
