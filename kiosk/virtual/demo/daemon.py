"""The kiosk's daemon as a child process, and what it says in its log."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Daemon:
    """`kiosk run` with its far ends elsewhere. Collects the log's records; `on_record` sees each at once."""

    def __init__(self, config: Path, credentials: Path, pins: Path, on_record: Callable[[Record], None]) -> None:
        self.kiosk: Sequence[str] = (sys.executable, "-m", "kiosk")
        """How the command `kiosk` is called; whoever measures it puts another command before it."""
        self._options = ["--config", str(config), "--credentials", str(credentials)]
        self._environment = os.environ | {"KIOSK_VIRTUAL_PINS": str(pins)}
        self._on_record = on_record
        self._news = threading.Condition()
        self.records: list[Record] = []
        self._process: subprocess.Popen[str] | None = None

    def break_library(self, *how: str) -> None:
        """The next lives have a library that is broken, as kiosk.virtual.broken_library says."""
        self.kiosk = (sys.executable, "-m", "kiosk.virtual.broken_library", *how)

    @property
    def pid(self) -> int:
        return -1 if self._process is None else self._process.pid

    def start(self, log: int = subprocess.PIPE) -> None:
        """With a `log` of its own, nobody here reads it."""
        # A session of its own: Ctrl-C is for the demo, which then stops the daemon in good order.
        self._process = subprocess.Popen(
            [*self.kiosk, "run", *self._options],
            stderr=log,
            text=True,
            env=self._environment,
            start_new_session=True,
        )
        if log == subprocess.PIPE:
            threading.Thread(target=self._listen, args=(self._process,), name="daemon-log", daemon=True).start()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, timeout: float = 10.0) -> int:
        """Asks it to stop in good order; its exit status."""
        return self.end(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """As a pulled plug: nothing is said, nothing is flushed."""
        self.end(signal.SIGKILL, 10.0)

    def wait_for(self, wanted: Callable[[Record], bool], timeout: float, since: int = 0) -> Record | None:
        """The first record from number `since` on that is wanted; None after `timeout` s or if the daemon ends."""
        end, at = time.monotonic() + timeout, since
        with self._news:
            while True:
                for record in self.records[at:]:
                    if wanted(record):
                        return record
                at = len(self.records)
                if time.monotonic() >= end or not self.running():
                    return None
                self._news.wait(min(0.2, max(0.0, end - time.monotonic())))

    def end(self, number: int, timeout: float) -> int:
        """Sends it a signal that ends it; its exit status."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
        return self.wait(timeout)

    def wait(self, timeout: float) -> int:
        """Its exit status when it has ended by itself."""
        return 0 if self._process is None else self._process.wait(timeout)

    def listens(self, timeout: float, since: int = 0) -> bool:
        """Waits until it has opened its scanner: what is shown sooner is nobody's."""
        return self.wait_for(_scanner_up, timeout, since) is not None

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None  # noqa: S101 - it was opened as a pipe
        with process.stderr as lines:
            for line in lines:
                record = _record(line)
                with self._news:
                    self.records.append(record)
                    self._news.notify_all()
                self._on_record(record)


def _scanner_up(record: Record) -> bool:
    return record.get("event") == "device" and record["device"] == "scanner" and record["up"] is True


def _record(line: str) -> Record:
    try:
        found = json.loads(line)
    except json.JSONDecodeError:
        found = None
    return found if isinstance(found, dict) else {"event": "stderr", "text": line.rstrip("\n")}
