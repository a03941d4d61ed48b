"""The log: one JSON object a line on standard error, for systemd's journal and the demo. No identity comes here."""

import json
import logging
import sys
import traceback
from pathlib import Path

_LOGGER = logging.getLogger("kiosk")


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = getattr(record, "fields", {})
        return json.dumps({"event": record.getMessage(), **fields}, ensure_ascii=False, default=str)


def start_logging() -> None:
    """To standard error; libraries only from warnings up, and never with a traceback of theirs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
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
