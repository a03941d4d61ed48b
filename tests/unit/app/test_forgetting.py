"""The first start in a round forgets whom the kiosk met in rounds that are long over."""

import tomllib

import pytest

from kiosk.app import forgetting
from kiosk.config import Config
from kiosk.model import Instant
from kiosk_file import GOOD
from table_bench import resident_number

LATER = Instant("boot-2", 0, 1_653_000_000_000 + 20 * 86_400_000, True)


@pytest.fixture
def config(make_bench, tmp_path):
    bench = make_bench(pool_size=2).start()
    for person in (1, 2):
        bench.scan(resident_number(person))
    bench.journal.close()
    return Config.model_validate(tomllib.loads(GOOD) | {"state": {"directory": str(tmp_path)}})


@pytest.fixture
def said(monkeypatch):
    told = []
    monkeypatch.setattr(forgetting, "say", lambda what, **about: told.append((what, about)))
    return told


def test_it_says_of_which_round_and_how_many(config, said):
    forgetting.forget(config, LATER)
    assert said == [("purged", {"rounds": ("r1",), "people": 2})]


def test_a_damaged_journal_that_was_put_aside_is_named(config, said, tmp_path):
    (tmp_path / "journal-damaged-1.sqlite").touch()
    forgetting.forget(config, LATER)
    assert [(what, about.get("files")) for what, about in said] == [
        ("purged", None),
        ("purge-left", ("journal-damaged-1.sqlite",)),
    ]


def test_a_clock_that_nobody_vouches_for_forgets_nobody(config, said):
    forgetting.forget(config, Instant("boot-2", 0, LATER.wall_ms, False))
    assert said == []


def test_where_it_cannot_be_done_the_kiosk_serves_and_tries_again_at_the_next_start(config, said, tmp_path):
    (tmp_path / "journal.sqlite-fresh").mkdir()
    forgetting.forget(config, LATER)
    assert [what for what, _ in said] == ["purge-failed"]
    (tmp_path / "journal.sqlite-fresh").rmdir()
    forgetting.forget(config, LATER)
    assert not (tmp_path / "purging").exists()
