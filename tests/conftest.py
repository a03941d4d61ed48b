"""Options of the whole suite."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings

from kiosk import log

# A time limit for each example would judge the machine and its neighbours; each test has one of its own.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--dcc", metavar="FOLDER", help="JSON test vectors of the EU Digital COVID Certificate to judge")


@pytest.fixture
def said(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The log is started; what it said since the last look. What is no JSON is a text."""
    monkeypatch.setattr(log, "_LOG", log._Log())  # noqa: SLF001
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    log.start_logging()
    yield lambda: [_record(line) for line in capfd.readouterr().err.splitlines()]
    logging.getLogger().handlers.clear()


def _record(line: str) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(line)
    except ValueError:
        return {"text": line}
    return record
