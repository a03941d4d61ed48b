"""A new journal is the one that all steps from the first release on come to."""

import sqlite3
from contextlib import closing
from pathlib import Path

from kiosk.journal import Journal, schema
from kiosk.journal.schema import migrations
from kiosk.journal.soundness import structure


def test_what_a_new_journal_is_made_of_is_what_the_steps_come_to(tmp_path):
    """If this fails: kiosk/journal/schema.sql lacks what the last step says."""
    Journal(tmp_path / "journal.sqlite", "r1").close()
    with (
        closing(sqlite3.connect(tmp_path / "journal.sqlite")) as made,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as grown,
    ):
        for script in migrations():
            grown.executescript(script)
        assert structure(made) == structure(grown)
        assert made.execute("PRAGMA user_version").fetchone() == (len(migrations()),)
        texts = [{_plain(text) for (text,) in each.execute(TEXTS)} for each in (made, grown)]
        assert texts[0] == texts[1], "checks, references and the conditions of indexes too"
    assert Path(schema.__file__).with_name("schema.sql").is_file()


def test_whoever_an_older_release_made_one_is_known_by_both_credentials():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as grown:
        for script in migrations()[:14]:
            grown.executescript(script)
        row = "INSERT INTO samples VALUES (7, 'r1', x'01', '', '', 1, 1, 'V', 0, 'b', 0, 0, 1, NULL, NULL, NULL)"
        grown.execute(row)
        grown.execute("INSERT INTO links VALUES ('r1', x'02', 7)")
        for script in migrations()[14:]:
            grown.executescript(script)
        assert grown.execute("SELECT * FROM links").fetchall() == [("r1", b"\1", 7), ("r1", b"\2", 7)]


TEXTS = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"


def _plain(text: str) -> str:
    """However its lines are broken."""
    return "".join(text.replace('"', "").split())
