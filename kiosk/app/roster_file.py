"""The file of who is expected: read at a start and whenever another lies there, on a thread of its own."""

from collections.abc import Callable
from pathlib import Path

from kiosk.app.watching import Watch
from kiosk.config import ConfigError, Mistake, RosterTable
from kiosk.engine.inbox import Inbox, RosterRead
from kiosk.log import say
from kiosk.model import Roster
from kiosk.roster import NotARoster
from kiosk.roster.keyed import LARGEST_BYTES, fingerprint, read
from kiosk.vouchers.envelope import SignedError

FIX = "Ask the district for the roster of this point and round, and put the whole file there"


def read_roster(table: RosterTable, round_id: str, point: str, round_key: bytes | None) -> Roster:
    """Raises ConfigError for a file that is no roster of this point and round; OSError where there is none."""
    with table.file.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    try:
        keyed = read(data, [bytes.fromhex(table.key)])
    except (SignedError, NotARoster) as error:
        raise _wrong(table.file, str(error)) from None
    found = keyed.roster
    if (found.round, found.point) != (round_id, point):
        raise _wrong(table.file, f"is of round {found.round} and point {found.point}")
    if round_key is not None and keyed.fingerprint != fingerprint(round_key, round_id):
        raise _wrong(table.file, "was made with another round key: nobody would be found in it")
    return found


def _wrong(file: Path, why: str) -> ConfigError:
    return ConfigError("config", [Mistake("roster.file", f"{file}: {why}", FIX)])


class RosterWatch(Watch):
    """Looks whether another file lies there. One that cannot be taken is said in the log; the last one holds."""

    every_s = 2.0

    def __init__(self, inbox: Inbox, file: Path, reader: Callable[[], Roster], now_ns: Callable[[], int]) -> None:
        super().__init__("roster", inbox, now_ns)
        self._file, self._reader = file, reader
        self._seen: tuple[int, ...] | None = None

    def look(self) -> None:
        try:
            stat = self._file.stat()
            found = stat.st_mtime_ns, stat.st_size, stat.st_ino
            if found == self._seen:
                return
            self._seen = found
            roster = self._reader()
        except OSError as error:
            self._say_once(error.strerror or "cannot be read")
        except ConfigError as error:
            say("roster-not-taken", why=error.mistakes[0].wrong)
        else:
            say("roster-read", made_s=roster.head.made_s, people=len(roster.people), units=len(roster.head.units))
            self.post(RosterRead(roster))

    def _say_once(self, why: str) -> None:
        if self._seen != ():
            self._seen = ()
            say("roster-not-taken", why=f"{self._file}: {why}")
