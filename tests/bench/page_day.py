"""Eight hours of views through the pages' process, as fast as it takes them: its memory by the hour.

2,400 people, each with the faces and staff's pages that a visit makes, three readers who read all that they are told
and reload each hour, one on a slow line, and one who never reads. Part of `make bench-screens`.
"""

import argparse
import json
import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from operator import eq
from pathlib import Path
from typing import Self

from page_rig import Pages

from kiosk.screen import faces
from kiosk.screen.lines import Kind
from kiosk.screen.resident import ResidentView
from kiosk.texts import Texts
from page_gallery import face_of, staff_views

HOURS, PEOPLE = 8, 2400
SLOW_BYTES, SLOW_S = 4096, 0.05
"""So much is taken at a time, and so long nothing."""
BEATS_A_PERSON = 8 * 3600 // PEOPLE


def pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1])


class Reading:
    """On a thread, from entering to leaving."""

    def __init__(self) -> None:
        self.events = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        raise NotImplementedError


class Reader(Reading):
    """Reads its page's events for an hour."""

    def __init__(self, pages: Pages, page: str) -> None:
        super().__init__()
        self._pages, self._page = pages, page

    def _read(self) -> None:
        with self._pages.events(self._page) as events:
            while not self._over.is_set():
                self.events += events.readline().startswith(b"event: ")


class SlowReader(Reading):
    """Takes what it is told of the staff's page in small bites, all day long; the rest waits at the server."""

    def __init__(self, pages: Pages) -> None:
        super().__init__()
        self._line = asked(pages.port, "staff")

    def __exit__(self, *how: object) -> None:
        super().__exit__(*how)
        self._line.close()

    def _read(self) -> None:
        left = b""
        while not self._over.wait(SLOW_S):
            bite = self._line.recv(SLOW_BYTES)
            if not bite:
                raise SystemExit("the slow reader was left")
            *lines, left = (left + bite).split(b"\n")
            self.events += sum(line.startswith(b"event: ") for line in lines)


def asked(port: int, page: str) -> socket.socket:
    """A reader whose kernel keeps next to nothing for it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_BYTES)
    line.settimeout(20)
    line.connect(("127.0.0.1", port))
    line.sendall(f"GET /{page}/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    texts = Texts("zh_CN")
    ready, accepted = face_of(faces.READY, texts), face_of(faces.ACCEPTED, texts)
    hours: list[int] = []
    read = 0
    with tempfile.TemporaryDirectory() as folder, Pages(Path(folder)) as pages, SlowReader(pages) as slow:
        tables = [asdict(view) for view in staff_views(Path(folder), "zh_CN").values()]
        deaf = asked(pages.port, "staff")
        for hour in range(HOURS):
            with ExitStack() as stack:
                readers = [stack.enter_context(Reader(pages, page)) for page in ("resident", "resident", "staff")]
                for n in range(PEOPLE // HOURS):
                    for view in (ResidentView(ready, accepted, 4000), ResidentView(ready)):
                        pages.kiosk.say(Kind.RESIDENT, asdict(view))
                    for _ in range(BEATS_A_PERSON):
                        pages.kiosk.say(Kind.STAFF, tables[(hour + n) % len(tables)])
                    let_read(readers)
            read += sum(reader.events for reader in readers)
            hours.append(pss_kib(pages.process.pid))
        deaf.close()
    words = ", ".join(f"{each / 1024:.1f}" for each in hours)
    said = f"memory by the hour: {words} MB; {read} events read, {slow.events} by the slow one\n"
    figures = {"pss_kib": hours, "events_read": read, "read_slowly": slow.events}
    sys.stdout.write(json.dumps(figures) + "\n" if options.json else said)


def let_read(readers: list[Reader]) -> None:
    """Until each has read something more, and no longer than one who reloads takes."""
    before, end = [reader.events for reader in readers], time.monotonic() + 0.05
    while time.monotonic() < end and any(map(eq, before, (reader.events for reader in readers))):
        time.sleep(0.001)


if __name__ == "__main__":
    main()
