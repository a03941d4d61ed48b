"""Eight hours of views through the pages' process, as fast as it takes them: its memory by the hour.

2,400 people, each with the faces and staff's pages that a visit makes, a beat a second, three readers who reload now
and then, and one who never reads. Part of `make bench-screens`.
"""

import argparse
import json
import socket
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from page_rig import Pages

from kiosk.screen import faces
from kiosk.screen.lines import Kind
from kiosk.screen.resident import ResidentView
from kiosk.texts import Texts
from page_gallery import face_of, staff_views

HOURS, PEOPLE = 8, 2400
BEATS_A_PERSON = 8 * 3600 // PEOPLE


def pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts = Texts("zh_CN")
    ready, accepted = face_of(faces.READY, texts), face_of(faces.ACCEPTED, texts)
    hours: list[int] = []
    with tempfile.TemporaryDirectory() as folder, Pages(Path(folder)) as pages:
        tables = [asdict(view) for view in staff_views(Path(folder), "zh_CN").values()]
        deaf = socket.create_connection(("127.0.0.1", pages.port))
        deaf.sendall(f"GET /resident/events HTTP/1.1\r\nHost: 127.0.0.1:{pages.port}\r\n\r\n".encode())
        for hour in range(HOURS):
            with ExitStack() as readers:
                for page in ("resident", "resident", "staff"):
                    readers.enter_context(pages.events(page))
                for n in range(PEOPLE // HOURS):
                    for view in (ResidentView(ready, accepted, 4000), ResidentView(ready)):
                        pages.kiosk.say(Kind.RESIDENT, asdict(view))
                    for _ in range(BEATS_A_PERSON):
                        pages.kiosk.say(Kind.STAFF, tables[(hour + n) % len(tables)])
            hours.append(pss_kib(pages.process.pid))
        deaf.close()
    words = ", ".join(f"{each / 1024:.1f}" for each in hours)
    sys.stdout.write(json.dumps({"pss_kib": hours}) + "\n" if options.json else f"memory by the hour: {words} MB\n")


if __name__ == "__main__":
    main()
