"""One kiosk's card without devices: it is stopped, killed, and its files are lost or put back."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from kiosk.journal.schema import migrations
from kiosk.model import Loss
from kiosk.ports import Signal
from table_bench import Bench

FILES = ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm")
LEASE, MARK = "journal.lease", "journal.mark"


class World:
    """One kiosk's card and the paper that came out of it."""

    bench: Bench

    def __init__(self, make_bench_in: Callable[..., Bench], number: Callable[[int], str], folder: Path) -> None:
        self._make, self._number, self.folder = make_bench_in, number, folder
        self.printed: list[tuple[str, str, int]] = []
        self.commits: list[tuple[str, int]] = []
        self.told: list[Loss | None] = []
        self._serial = 0
        self._backup: dict[str, bytes] = {}
        self.start()

    def start(self) -> None:
        self.bench = self._make(self.folder, pool_size=2).start()
        self.told.append(self.bench.state.questions.loss)

    def serve(self, people: int) -> None:
        for _ in range(people):
            self._serial += 1
            assert self.bench.scan(self._number(self._serial))[0] is Signal.ACCEPTED
            self.bench.finish()
        counters = self.bench.state.counters
        self.commits.append((counters.epoch, counters.seq))

    def stop(self, clean: bool) -> None:
        self.printed += [slip for slip in self.bench.slips() if slip[2] == 0]
        if clean:
            self.bench.journal.close()
        else:
            self.bench.journal.abandon()
        self.bench.journal.close = lambda: None  # type: ignore[method-assign]

    def keep(self) -> None:
        """Somebody copies the card's files."""
        self._backup = {name: (self.folder / name).read_bytes() for name in FILES if (self.folder / name).exists()}

    def lose(self, names: Iterable[str]) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def put_back(self) -> None:
        self.lose(FILES)
        for name, data in self._backup.items():
            (self.folder / name).write_bytes(data)


def aged(folder: Path, version: int) -> None:
    """The journal as a release with this schema would have left it: its tables, indexes and pages."""
    file, old = folder / FILES[0], folder / "old.sqlite"
    with closing(sqlite3.connect(old, isolation_level=None)) as database:
        database.execute("PRAGMA page_size = 4096")
        database.execute("PRAGMA journal_mode = WAL").fetchone()
        for script in migrations()[:version]:
            database.executescript(script)
        database.execute(f"PRAGMA user_version = {version}")
        database.execute("ATTACH ? AS new", (str(file),))
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = ", ".join(sorted(_columns(database, "main", table) & _columns(database, "new", table)))
            if columns:
                copy = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM new.{table}"  # noqa: S608 - our own names
                database.execute(copy)
        database.execute("DETACH new")
    old.replace(file)


def _columns(database: sqlite3.Connection, schema: str, table: str) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM pragma_table_info(?, ?)", (table, schema))}
