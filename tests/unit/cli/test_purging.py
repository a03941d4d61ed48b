"""purge as whoever keeps the kiosk calls it."""

import json
import shutil
from pathlib import Path

import pytest

from kiosk.app import alone
from kiosk_file import GOOD
from table_bench import resident_number


@pytest.fixture
def config(make_bench, tmp_path):
    """Three people in round r1, one in r2, which is the present one; all came in May 2022."""
    for round_id, people in (("r1", (1, 2, 3)), ("r2", (4,))):
        bench = make_bench(pool_size=2, round_id=round_id).start()
        for person in people:
            bench.scan(resident_number(person))
            bench.finish()
        bench.journal.close()
    file = tmp_path / "kiosk.toml"
    text = GOOD.replace("2022-05-r1", "r2").replace("[point]", '[point]\nclock = "trusted"')
    file.write_text(f"{text}[state]\ndirectory = {json.dumps(str(tmp_path))}\n")
    return file


def test_what_is_due_is_forgotten_and_nothing_is_left(call, config):
    status, out, err = call("purge", "--config", config)
    assert (status, err) == (0, "")
    assert out == (
        "3 people were forgotten, of r1\n"
        "Every file beside the journal was searched for their keys and sealed identities: nothing is left\n"
    )
    assert call("purge", "--config", config)[1] == "0 people were forgotten, as no round is due\n"


def test_for_programs(call, config):
    status, out, _ = call("purge", "--config", config, "--json")
    assert (status, json.loads(out)) == (0, {"rounds": ["r1"], "people": 3, "waits": [], "holding": []})


def test_the_present_round_is_not_forgotten(call, config):
    status, _, err = call("purge", "--config", config, "--round", "r2")
    assert (status, "r2 is the present round" in err) == (78, True)


def test_a_kiosk_that_serves_is_stopped_first(call, config, tmp_path):
    with alone(tmp_path):
        status, out, err = call("purge", "--config", config)
    assert (status, out) == (75, "")
    assert err == "The kiosk serves. Stop it first: systemctl stop kiosk. Nothing was changed.\n"


def test_a_journal_that_was_put_aside_is_named_until_it_goes_too(call, config, tmp_path):
    aside = tmp_path / "journal-damaged-1.sqlite"
    shutil.copy(tmp_path / "journal.sqlite", aside)
    status, out, _ = call("purge", "--config", config, "--json")
    assert (status, json.loads(out)["holding"]) == (1, ["journal-damaged-1.sqlite"])
    assert call("purge", "--config", config, "--put-aside")[0] == 0
    assert not aside.exists()


def test_a_journal_that_is_not_there_is_told(call, config, tmp_path):
    (tmp_path / "journal.sqlite").unlink()
    status, _, err = call("purge", "--config", config)
    assert (status, "is not there" in err) == (78, True)


def test_whoever_may_not_look_there_is_told_so(call, config, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    status, _, err = call("purge", "--config", config)
    assert (status, "cannot be looked at: Permission denied" in err) == (78, True)


def test_a_round_of_which_nobody_is_known_is_told_as_such(call, config):
    status, out, _ = call("purge", "--config", config, "--round", "r9")
    told = "Nobody of it is known here: it was forgotten before, or it is called otherwise"
    assert (status, out) == (0, f"0 people were forgotten, of r9\n{told}\n")
