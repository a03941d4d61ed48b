"""The file of who is expected: read at a start and whenever another lies there, on a thread of its own."""

from collections.abc import Callable
from pathlib import Path

from kiosk.app.watching import Watch
from kiosk.config import ConfigError, Mistake, RosterTable
from kiosk.engine.inbox import Inbox, RosterRead
from kiosk.journal import replace_whole
from kiosk.log import say
from kiosk.model import Roster
from kiosk.roster import NotARoster
from kiosk.roster.keyed import LARGEST_BYTES, fingerprint, read
from kiosk.vouchers.envelope import SignedError

FIX = "Ask the district for the roster of this point and round, and put the whole file there"


TOLD = "roster.told"
"""In the state directory: the file that the centre has sent over the broker, or that a stick brought."""


def read_roster(table: RosterTable, round_id: str, point: str, round_key: bytes | None) -> Roster:
    """Raises ConfigError for a file that is no roster of this point and round; OSError where there is none."""
    return read_file(table.file, table, round_id, point, round_key)


def read_file(path: Path, table: RosterTable, round_id: str, point: str, round_key: bytes | None) -> Roster:
    """Any file in place of the table's own. As `read_roster`."""
    with path.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    try:
        return roster_in(data, table, round_id, point, round_key)
    except NotARoster as error:
        raise _wrong(path, str(error)) from None


def roster_in(data: bytes, table: RosterTable, round_id: str, point: str, round_key: bytes | None) -> Roster:
    """Raises NotARoster for what is none of this point and round, signed by whom the table names."""
    try:
        keyed = read(data, [bytes.fromhex(table.key)])
    except SignedError as error:
        raise NotARoster(str(error)) from None
    found = keyed.roster
    if (found.round, found.point) != (round_id, point):
        raise NotARoster(f"is of round {found.round} and point {found.point}")
    if round_key is not None and keyed.fingerprint != fingerprint(round_key, round_id):
        raise NotARoster("was made with another round key: nobody would be found in it")
    return found


def _wrong(file: Path, why: str) -> ConfigError:
    return ConfigError("config", [Mistake("roster.file", f"{file}: {why}", FIX)])


class RosterWatch(Watch):
    """Looks whether another file lies there, and takes the latest of them. One that cannot be taken is said in the log;
    the last one holds."""

    every_s = 2.0

    def __init__(
        self, inbox: Inbox, files: tuple[Path, ...], reader: Callable[[Path], Roster], now_ns: Callable[[], int]
    ) -> None:
        super().__init__("roster", inbox, now_ns)
        self._files, self._reader = files, reader
        self._seen: list[tuple[int, ...]] | None = None

    def look(self) -> None:
        found = [_stamp(file) for file in self._files]
        if found == self._seen:
            return
        self._seen = found
        there = [file for file, stamp in zip(self._files, found, strict=True) if stamp]
        rosters = [roster for roster in map(self._read, there or self._files[:1]) if roster is not None]
        if rosters:
            latest = max(rosters, key=lambda roster: roster.head.made_s)
            say("roster-read", made_s=latest.head.made_s, people=len(latest.people), units=len(latest.head.units))
            self.post(RosterRead(latest))

    def _read(self, file: Path) -> Roster | None:
        try:
            return self._reader(file)
        except OSError as error:
            say("roster-not-taken", why=f"{file}: {error.strerror or 'cannot be read'}")
        except ConfigError as error:
            say("roster-not-taken", why=error.mistakes[0].wrong)
        return None


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        stat = file.stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _made_s(data: bytes, reader: Callable[[bytes], Roster]) -> int:
    """-1 for what is no roster of this point and round."""
    try:
        return reader(data).head.made_s
    except NotARoster:
        return -1


def keep_told(data: bytes, file: Path, reader: Callable[[bytes], Roster]) -> None:
    """What the centre has sent, for the watch, if it is for here and later than what lies there: an old one that is
    said again takes no later one's place."""
    try:
        lies_there = file.read_bytes() if file.is_file() else b""
        if lies_there == data:
            return
        made_s = reader(data).head.made_s
        if made_s <= _made_s(lies_there, reader):
            say("roster-not-taken", why="from the centre: a later one lies here already")
            return
        replace_whole(file, data)
    except NotARoster as error:
        say("roster-not-taken", why=f"from the centre: {error}")
    except OSError as error:
        say("roster-not-taken", why=f"{file}: {error.strerror}")
