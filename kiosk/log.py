"""The log: one JSON object a line on standard error, for systemd's journal and the demo. No identity comes here.

It is bounded, whoever makes noise: 20 lines of a kind a second, and no text longer than a line can be read.
"""

import json
import logging
import sys
import traceback
from pathlib import Path

_LOGGER = logging.getLogger("kiosk")
MOST_A_SECOND = 20
LONGEST = 400
"""Characters of one field."""


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        shown = {name: _short(value) for name, value in fields.items()}
        return json.dumps({"event": record.getMessage(), **shown}, ensure_ascii=False, default=str)


class Bound(logging.Filter):
    """Lets so many lines of a kind pass in a second; the next one says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._since: dict[tuple[str, str], tuple[float, int]] = {}
        """Of each kind, when its second began and how many lines it has had since."""

    def filter(self, record: logging.LogRecord) -> bool:
        fields = getattr(record, "fields", {})
        kind = record.getMessage(), str(fields.get("key", ""))
        began, lines = self._since.get(kind, (record.created, 0))
        # Not just later: a clock that is set back must not silence anybody.
        if not 0 <= record.created - began < 1:
            if lines > MOST_A_SECOND:
                record.fields = {**fields, "left_out": lines - MOST_A_SECOND}
            began, lines = record.created, 0
        self._since[kind] = began, lines + 1
        return lines < MOST_A_SECOND


def _short(value: object) -> object:
    return value[:LONGEST] + "…" if isinstance(value, str) and len(value) > LONGEST else value


def start_logging() -> None:
    """To standard error; libraries only from warnings up, and never with a traceback of theirs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    handler.addFilter(Bound())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _LOGGER.setLevel(logging.INFO)


def say_fault(error: BaseException) -> None:
    """A fault of ours: which errors, raised where. Their messages stay out, for they may quote what was scanned."""
    kinds: list[str] = []
    places: list[str] = []
    link: BaseException | None = error
    while link is not None:
        kinds.append(type(link).__name__)
        frames = traceback.extract_tb(link.__traceback__)
        places += [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        link = link.__cause__
    say("fault", kinds=kinds, places=places)


def say(event: str, **fields: object) -> None:
    """One line: what happened and its facts, masked by whoever calls."""
    _LOGGER.info(event, extra={"fields": fields})
