"""A kiosk that is taken out, on a real mosquitto: what it owes is said first, and then that it is out."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.app import alone
from kiosk.cli import main
from kiosk.messages import Address
from kiosk.virtual.broker import MosquittoBroker, find_mosquitto
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk_file import GOOD
from table_bench import Bench, plan_of, resident_number

PLACE = Address("cn-511781", "2022-05-r1", "wy-0352", "a")


@pytest.fixture
def county(tmp_path) -> Iterator[MosquittoBroker]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    folder = tmp_path / "county"
    folder.mkdir()
    with MosquittoBroker(folder) as broker:
        yield broker


@pytest.fixture
def kiosk(tmp_path, county) -> tuple[Path, Path]:
    """Its configuration and state, after two people came whom nobody was told of."""
    state = tmp_path / "state"
    state.mkdir()
    bench = Bench(state / "journal.sqlite", plan_of(address=PLACE), round_id=PLACE.round).start()
    for n in range(2):
        bench.scan(resident_number(n))
        bench.finish()
    bench.journal.close()
    config = tmp_path / "kiosk.toml"
    config.write_text(f'{GOOD}[state]\ndirectory = "{state}"\n[broker]\nport = {county.port}\n')
    return config, state


@pytest.fixture
def retire(kiosk, capsys) -> Callable[[], tuple[int, dict[str, Any], str]]:
    def run() -> tuple[int, dict[str, Any], str]:
        status = main(["retire", "--config", str(kiosk[0]), "--json"])
        told = capsys.readouterr()
        return status, json.loads(told.out or "{}"), told.err

    return run


def test_what_it_owes_is_said_and_then_that_it_is_out(county, kiosk, retire):
    status, said, words = retire()
    assert (said["is_out"], said["said"], said["of"]) == (True, 3, 3), "counts, health, and that it is out"
    assert (status, words) == (0, "")
    centre = Subscriber(county.port)
    centre.start()
    assert centre.wait_for("status", lambda told: told["state"] == "retired", 10)
    assert centre.wait_for("counts", lambda told: told["samples"] == 2, 10)
    centre.stop()
    assert retire()[1]["said"] == 1, "what the broker has is not said again"


def test_with_no_broker_nothing_is_lost_and_it_is_said(county, kiosk, retire):
    county.stop()
    status, said, words = retire()
    assert (status, said["is_out"], said["said"]) == (69, False, 0)
    assert "refused" in said["why"]
    assert "Nothing is lost" in words
    county.start()
    assert retire()[1]["said"] == 3


def test_a_kiosk_that_serves_is_not_taken_out(kiosk, retire):
    with alone(kiosk[1]):
        status, said, words = retire()
    assert (status, said) == (75, {})
    assert "Stop it first" in words
