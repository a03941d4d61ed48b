"""The log: one JSON object a line on standard error, for systemd's journal and the demo. No identity comes here."""

import json
import logging
import sys

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


def say(event: str, **fields: object) -> None:
    """One line: what happened and its facts, masked by whoever calls."""
    _LOGGER.info(event, extra={"fields": fields})
