"""`kiosk withdrawn`: what a guard is to refuse, read from a journal that is in use."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest

from kiosk.cli import main
from kiosk.journal import JournalError, withdrawn
from kiosk.ports import Signal
from kiosk.vouchers.verifying import read_withdrawn


def said(*arguments: object) -> tuple[int, str]:
    words = StringIO()
    with redirect_stdout(words):
        status = main([*map(str, arguments)])
    return status, words.getvalue()


def test_what_was_taken_back_and_nothing_else(make_bench, number, staff, tmp_path):
    bench = make_bench().start()
    for serial in (1, 2, 3):
        bench.scan(number(serial))
        bench.finish()
    assert withdrawn(tmp_path / "journal.sqlite") == ()
    assert bench.scan(staff["void-last"]) == (Signal.NOTED, "voided")
    found = withdrawn(tmp_path / "journal.sqlite")
    assert [(each.voucher, each.round) for each in found] == [("V0352000000352", "r1")]
    status, words = said("withdrawn", "--state", tmp_path)
    assert (status, words.splitlines()[1:]) == (0, ["V0352000000352 r1"])
    assert read_withdrawn(words) == {"V0352000000352"}
    assert json.loads(said("withdrawn", "--json", "--state", tmp_path)[1]) == [
        {"number": "V0352000000352", "round": "r1"}
    ]
    assert bench.scan(number(4))[0] is Signal.ACCEPTED


def test_of_earlier_rounds_too_and_the_kiosk_may_have_stopped(make_bench, number, staff, tmp_path):
    bench = make_bench().start()
    bench.scan(number(1))
    bench.finish()
    bench.scan(staff["void-last"])
    bench = make_bench(round_id="r2").start()
    bench.scan(number(1))
    bench.finish()
    bench.journal.close()
    before = sorted(file.name for file in tmp_path.iterdir())
    assert [(each.voucher, each.round) for each in withdrawn(tmp_path / "journal.sqlite")] == [("V0352000000158", "r1")]
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def test_nothing_is_written_beside_a_kiosk_that_serves(make_bench, number, tmp_path):
    bench = make_bench().start()
    bench.scan(number(1))
    contents = {file.name: file.read_bytes() for file in tmp_path.iterdir() if not file.name.endswith("-shm")}
    withdrawn(tmp_path / "journal.sqlite")
    assert contents == {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.name in contents}
    assert bench.scan(number(2))[0] is Signal.ACCEPTED


def test_what_is_no_journal_is_told(tmp_path, capsys):
    assert main(["withdrawn", "--state", str(tmp_path)]) == 78
    assert "journal.sqlite: is not there" in capsys.readouterr().err
    (tmp_path / "journal.sqlite").write_bytes(b"no database" * 99)
    with pytest.raises(JournalError, match="cannot read the journal"):
        withdrawn(tmp_path / "journal.sqlite")
    assert main(["withdrawn", "--state", str(tmp_path)]) == 78
    assert "Try again as root" in capsys.readouterr().err


def test_through_a_link_too(make_bench, number, staff, tmp_path):
    """SQLite keeps the log beside the file itself, not beside the link: what stands in it was not seen."""
    bench = make_bench().start()
    bench.finish()
    bench.scan(number(1))
    bench.scan(staff["void-last"])
    link = tmp_path / "elsewhere" / "journal.sqlite"
    link.parent.mkdir()
    link.symlink_to(bench.path)
    assert withdrawn(link) == withdrawn(bench.path) != ()
