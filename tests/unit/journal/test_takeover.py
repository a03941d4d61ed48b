"""The plug is pulled between any two system calls of a start, a reservation or a stop; whatever the files have become
before, no number comes twice and what is told is told by the next start."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from journal_world import FILES, LEASE, MARK, World
from kiosk.journal import custody
from kiosk.journal.mark import MarkFile
from kiosk.model import Loss, PrintJob
from table_bench import Bench, plan_of, resident_number

pytestmark = pytest.mark.slow


class PulledPlug(BaseException):
    """No code of the kiosk can catch it."""


class Plug:
    """Pulled after so many effects on the disk."""

    def __init__(self, effects: int) -> None:
        self._left = effects
        self.open: list[sqlite3.Connection | MarkFile] = []

    def close_all(self) -> None:
        """As the kernel does for a dead process."""
        for each in self.open:
            each.close()

    def effect(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PulledPlug


@pytest.fixture
def plugged(monkeypatch):
    """Every effect of the journal's house on the disk goes by a plug."""

    def plug_in(plug: Plug) -> None:
        def watched(act):
            def go(*args, **options):
                plug.effect()
                return act(*args, **options)

            return go

        class Database(sqlite3.Connection):
            def __init__(self, *args, **options):
                super().__init__(*args, **options)
                plug.open.append(self)

            def execute(self, *args):
                plug.effect()
                return super().execute(*args)

        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **options, factory=Database))
        monkeypatch.setattr(os, "fsync", watched(os.fsync))
        for name in ("replace", "unlink", "touch", "open"):
            monkeypatch.setattr(Path, name, watched(getattr(Path, name)))
        monkeypatch.setattr(MarkFile, "write", watched(MarkFile.write))
        make = MarkFile.__init__

        def kept(mark, file):
            make(mark, file)
            plug.open.append(mark)

        monkeypatch.setattr(MarkFile, "__init__", kept)

    yield plug_in
    monkeypatch.undo()


def unclean(_world):
    """As a kill left them."""


def without_mark(world):
    world.lose((MARK,))


def without_lease(world):
    world.lose((LEASE,))


def torn_lease(world):
    (world.folder / LEASE).write_bytes((world.folder / LEASE).read_bytes()[:-9])


def lost(world):
    world.lose(FILES)


def lost_with_its_lease(world):
    world.lose((*FILES, LEASE))


def lost_with_its_mark(world):
    world.lose((*FILES, MARK))


def rolled_back(world):
    world.put_back()


CASES = {
    unclean: None,
    without_mark: None,
    without_lease: None,
    torn_lease: None,
    lost: Loss.LOST,
    lost_with_its_lease: Loss.LOST,
    lost_with_its_mark: Loss.LOST,
    rolled_back: Loss.ROLLED_BACK,
}


def a_day(folder: Path, sent: list[PrintJob]) -> None:
    """A start, two people, a quiet moment, an orderly stop. What was sent is seen even if it is cut off."""
    bench = Bench(folder / FILES[0], plan_of(pool_size=2), sent=sent)
    bench.start()
    for person in (51, 52):
        bench.scan(resident_number(person))
        bench.finish()
    bench.engine.rest()
    bench.journal.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_start_that_is_cut_anywhere_is_taken_again(case, make_bench_in, number, tmp_path, plugged, monkeypatch):
    monkeypatch.setattr(custody, "VOUCHER_STRETCH", 4)
    (tmp_path / "card").mkdir()
    world = World(make_bench_in, number, tmp_path / "card")
    world.serve(1)
    world.stop(clean=True)
    world.keep()
    world.start()
    world.serve(6)
    world.stop(clean=False)
    case(world)
    before = {slip[:2] for slip in world.printed}
    for effects in range(1000):
        folder = tmp_path / str(effects)
        shutil.copytree(world.folder, folder)
        sent: list[PrintJob] = []
        plug = Plug(effects)
        plugged(plug)
        try:
            a_day(folder, sent)
            ends = True
        except PulledPlug:
            ends = False
        finally:
            plug.close_all()
            monkeypatch.undo()
        bench = Bench(folder / FILES[0], plan_of(pool_size=2), sent=sent).start()
        assert bench.state.questions.loss is CASES[case], f"after {effects} effects"
        bench.scan(resident_number(60))
        bench.finish()
        slips = [slip[:2] for slip in bench.slips() if slip[2] == 0]
        assert len(slips) == len(set(slips)), f"a number twice after {effects} effects"
        if case is not rolled_back:
            assert not before & set(slips), f"a number of before after {effects} effects"
        bench.journal.close()
        shutil.rmtree(folder)
        if ends:
            assert effects > 40
            return
    raise AssertionError("the day never ends")
