"""A PostgreSQL of the test's own, in a folder of its own, that can be killed and comes back on the same port."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

ANSWERS_S = 30
NOBODY = "nobody"
"""PostgreSQL refuses to run as root."""


def programs() -> Path:
    """Where Debian has the newest release's; skips without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.skip("postgresql is not installed")
    return found[-1].parent


class PostgresServer:
    """On the loop-back address; `folder` holds its data and its log."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._programs = folder, programs()
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._as = _somebody(folder)
        made: list[str | Path] = [
            self._programs / "initdb",
            "--pgdata",
            folder / "data",
            "--username",
            "kiosk",
            "--auth",
            "trust",
        ]
        subprocess.run(
            [*self._as, *made, "--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"],
            check=True,
            capture_output=True,
            cwd=folder,
        )

    @property
    def conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=kiosk dbname=postgres"

    def start(self) -> None:
        """Returns when clients can connect."""
        # What is killed here is the process, not the machine: no sync is needed for that.
        told = {"listen_addresses": "127.0.0.1", "port": str(self.port), "fsync": "off", "unix_socket_directories": ""}
        given = [part for name, value in told.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._as, self._programs / "postgres", "-D", self._folder / "data", *given],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
            )
        end = time.monotonic() + ANSWERS_S
        while True:
            try:
                psycopg.connect(self.conninfo, connect_timeout=2).close()
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """All of it at once, as when its machine fails."""
        process, self._process = self._process, None
        if process is None:
            return
        # Each of its children has a group of its own.
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii").split()
        process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        process.wait()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.conninfo) as connection:
            found = connection.execute(query.encode())
            return found.fetchall() if found.description else []


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Started, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-postgres-"))
    server = None
    try:
        server = PostgresServer(folder)
        server.start()
        yield server
    finally:
        if server is not None:
            server.kill()
        shutil.rmtree(folder)


def _somebody(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam(NOBODY)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", "--pdeathsig", "KILL", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port
