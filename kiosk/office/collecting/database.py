"""The table in PostgreSQL. libpq's connection strings, environment and password file hold."""

from collections.abc import Sequence
from importlib.resources import files

import psycopg
from psycopg.conninfo import conninfo_to_dict

from kiosk.office.collecting.received import Row, as_json, in_turns
from kiosk.office.collecting.store import StoreAwayError, Written

CONNECT_S, STATEMENT_MS, SILENCE_MS = 5, 30_000, 20_000
POISON = ("22", "23", "54")
"""Classes of SQLSTATE (PostgreSQL, appendix A): what is wrong with what was to be written, not with the database."""
NO_TABLE = "42P01"


class Database:
    """The table `state` of the database that `conninfo` names."""

    def __init__(self, conninfo: str) -> None:
        """Raises ValueError if that is no connection string."""
        try:
            conninfo_to_dict(conninfo)
        except psycopg.ProgrammingError as error:
            raise ValueError(str(error).strip()) from None
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._statement = _sql("keep_newest.sql")

    def create(self) -> None:
        """Raises StoreAwayError."""
        try:
            connection = self._open()
            with connection.transaction():
                # PostgreSQL's `if not exists` fails where two make it at once.
                connection.execute("select pg_advisory_xact_lock(hashtext('kiosk collect'))")
                connection.execute(_sql("state.sql"))
        except psycopg.Error as error:
            raise self._away(error) from error

    def write(self, rows: Sequence[Row]) -> Written:
        """Committed when it returns. Raises StoreAwayError: then write them again, which does no harm."""
        try:
            connection, newer = self._open(), 0
            with connection.transaction():
                for turn in in_turns(rows):
                    newer += connection.execute(self._statement, (as_json(turn),)).rowcount
            return Written(newer)
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] not in POISON:
                raise self._away(error) from error
        return self._apart(rows)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _apart(self, rows: Sequence[Row]) -> Written:
        """One row spoils a statement: halves, until it is alone."""
        if len(rows) == 1:
            return Written(0, tuple(rows))
        middle = len(rows) // 2
        first, second = self.write(rows[:middle]), self.write(rows[middle:])
        return Written(first.newer + second.newer, first.refused + second.refused)

    def _open(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._conninfo,
                autocommit=True,
                # A pool between us and the server may not know what another connection has prepared.
                prepare_threshold=None,
                connect_timeout=CONNECT_S,
                tcp_user_timeout=SILENCE_MS,
                keepalives_idle=CONNECT_S,
                options=f"-c statement_timeout={STATEMENT_MS}",
                fallback_application_name="kiosk collect",
            )
        return self._connection

    def _away(self, error: psycopg.Error) -> StoreAwayError:
        self.close()
        # What PostgreSQL says beside its first line may quote what was to be written.
        words = error.diag.message_primary or (str(error).splitlines() or [type(error).__name__])[0]
        fix = "; `kiosk collect --create` makes it" if error.sqlstate == NO_TABLE else ""
        return StoreAwayError(f"{words}{fix}")


def _sql(name: str) -> bytes:
    return files("kiosk.office.collecting").joinpath(name).read_bytes()
