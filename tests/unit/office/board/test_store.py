"""What a board keeps for its next start is one board's."""

import pytest

from kiosk.cli import main
from kiosk.office.board.store import Store, StoreError


def test_two_boards_with_one_file_would_note_everybody_twice(tmp_path):
    file = tmp_path / "board.sqlite"
    with Store(file) as store:
        store.keep("r1", (), {("wy-0001", 100): 3})
        with pytest.raises(StoreError, match="another board has it"):
            Store(file)
        with Store(file, reading=True) as reader:
            assert reader.until("r1", 1e6) == {"wy-0001": 3}
        store.keep("r1", (), {("wy-0001", 101): 1})
    with Store(file) as store:
        assert store.until("r1", 1e6) == {"wy-0001": 4}


def test_of_a_store_that_is_not_there_nobody_is_told_that_nobody_came(tmp_path, capsys):
    file = tmp_path / "mistyped.sqlite"
    asked = [
        "board",
        "--host",
        "127.0.0.1",
        "--once",
        "--at",
        "2022-04-15T12:00",
        "--round",
        "r1",
        "--store",
        str(file),
    ]
    assert main(asked) == 73
    told = capsys.readouterr()
    assert (told.out, file.exists()) == ("", False)
    assert "there is no such file" in told.err
