"""The log: one JSON object a line on standard error, for systemd's journal and the demo. No identity comes here.

It is bounded, whoever makes noise: 20 lines of a kind a second, and no text longer than a line can be read. It never
waits for whoever reads it, and never fails whoever speaks.
"""

import json
import logging
import time
import traceback
from pathlib import Path

from kiosk.log.bound import MOST_A_SECOND, Bound, Fields
from kiosk.log.outlet import Outlet, as_bytes, take_over

__all__ = ["LONGEST", "MOST_A_SECOND", "Bound", "catch_up", "flush_log", "say", "say_fault", "start_logging"]

LONGEST = 400
"""Characters of one field."""
MOST_PLACES = 20
"""Of each error, the innermost."""
LAST_S = 1.0
"""For the last lines to leave."""
STDERR = 2


class _Log:
    """Where lines go; nowhere before it is started."""

    def __init__(self) -> None:
        self.outlet: Outlet | None = None
        self._bound = Bound()

    def say(self, kind: str, event: str, fields: Fields) -> None:
        if self.outlet is not None:
            allowed = self._bound.passed(kind, fields, time.monotonic())
            if allowed is not None:
                self.outlet.write(as_bytes(_line(event, allowed)))


_LOG = _Log()


class _Libraries(logging.Handler):
    """What libraries warn of, never with a traceback. Each is one kind: their words may be others each time."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            event = record.getMessage()
        except Exception:
            event = str(record.msg)
        _LOG.say(record.name, event[:LONGEST], {})


def start_logging() -> None:
    """To standard error; libraries only from warnings up."""
    if _LOG.outlet is None:
        _LOG.outlet = take_over(STDERR)
        logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def catch_up() -> None:
    """To be called now and then by a thread that has time: what nobody read until now is written, if somebody does."""
    if _LOG.outlet is not None:
        _LOG.outlet.catch_up()


def flush_log() -> None:
    """Gives whoever reads a moment for the last lines; to be called at the end."""
    if _LOG.outlet is not None:
        _LOG.outlet.flush(LAST_S)


def say_fault(error: BaseException) -> None:
    """A fault of ours: which errors, raised where. Their messages stay out, for they may quote what was scanned."""
    kinds: list[str] = []
    places: list[str] = []
    link: BaseException | None = error
    while link is not None:
        kinds.append(type(link).__name__)
        frames = traceback.extract_tb(link.__traceback__)
        places += [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-MOST_PLACES:]]
        link = link.__cause__
    say("fault", kinds=kinds, places=places)


def say(event: str, **fields: object) -> None:
    """One line: what happened and its facts, masked by whoever calls. Never waits, never fails."""
    _LOG.say(event, event, fields)


def _line(event: str, fields: Fields) -> str:
    shown = {"event": event} | {name: _short(value) for name, value in fields.items()}
    try:
        return json.dumps(shown, ensure_ascii=False, default=str)
    except Exception as error:
        return json.dumps({"event": event, "unsaid": type(error).__name__})


def _short(value: object) -> object:
    return value[:LONGEST] + "…" if isinstance(value, str) and len(value) > LONGEST else value
