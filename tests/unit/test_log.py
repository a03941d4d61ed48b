"""The log is bounded and still says what happened."""

import json
import logging

import pytest

from kiosk.log import LONGEST, MOST_A_SECOND, Bound, say, start_logging


@pytest.fixture
def said(capsys):
    """What was said since the test began to speak."""
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logging.getLogger().handlers.clear()


def test_noise_is_bounded_and_hides_no_other_line(said):
    start_logging()
    for _ in range(500):
        say("notice", key="refused.unreadable")
    say("notice", key="accepted")
    assert [line["key"] for line in said()] == ["refused.unreadable"] * MOST_A_SECOND + ["accepted"]


def test_what_was_left_out_is_counted_in_the_next_line():
    bound, passed = Bound(), []
    for at in [0.0] * 30 + [0.5] * 30 + [1.0, 1.5]:
        record = logging.makeLogRecord({"msg": "scan-failed", "created": 1000 + at, "fields": {"source": "left"}})
        if bound.filter(record):
            passed.append(record.__dict__["fields"])
    assert passed == [{"source": "left"}] * 20 + [{"source": "left", "left_out": 40}, {"source": "left"}]


def test_a_clock_that_is_set_back_silences_nobody():
    bound = Bound()
    ats = [1000.0] * 30 + [10.0]
    passed = [bound.filter(logging.makeLogRecord({"msg": "device", "created": at})) for at in ats]
    assert passed[-1]


def test_a_text_without_end_is_cut(said):
    start_logging()
    say("device", why="x" * 100_000)
    assert len(said()[0]["why"]) == LONGEST + 1
