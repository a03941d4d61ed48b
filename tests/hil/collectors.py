"""`kiosk collect` as processes, which say as JSON what they do."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

AS_KIOSK = [sys.executable, "-c", "import sys; from kiosk.cli import main; sys.exit(main())"]


class CollectorProcess:
    """One of them; killed at the end if nobody ended it."""

    def __init__(self, name: str, *options: str) -> None:
        self.said: list[dict[str, Any]] = []
        self.words: list[str] = []
        command = [*AS_KIOSK, "collect", "--name", name, "--json", "--every", "1", *options]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=Path(__file__).parents[2]
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def heard(self) -> int:
        """As it said last."""
        return max((each["heard"] for each in self.said if "heard" in each), default=0)

    def await_event(self, event: str, limit_s: float = 30) -> dict[str, Any]:
        end = time.monotonic() + limit_s
        while time.monotonic() < end and self.process.poll() is None:
            for each in self.said:
                if each.get("event") == event:
                    return each
            time.sleep(0.02)
        raise AssertionError(f"no {event}: {self.said[-5:]} {self.words[-5:]}")

    def end(self, limit_s: float = 30) -> dict[str, Any]:
        """As the service manager ends it; its last word."""
        self.process.terminate()
        assert self.process.wait(limit_s) == 0, self.words
        self._reader.join(limit_s)
        return self.said[-1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                try:
                    self.said.append(json.loads(line))
                except ValueError:
                    self.words.append(line)
