"""Brokers for the demo and the tests: a real mosquitto as a child process, or one inside this process.

decisions: Trials and the demo."""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

if TYPE_CHECKING:
    from kiosk.virtual.broker_engine import Engine

_log = logging.getLogger(__name__)

_HOST: Final = "127.0.0.1"
_START_S: Final = 10.0
_STOP_S: Final = 10.0
_POLL_S: Final = 0.02
# Debian puts mosquitto where an ordinary user's PATH does not reach.
_SYSTEM_PATH: Final = "/usr/sbin:/usr/local/sbin"


class VirtualBroker(Protocol):
    """A broker on the loop-back address that can go away and come back on the same port."""

    @property
    def port(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def restart(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


def broker(directory: Path, port: int = 0) -> VirtualBroker:
    """Mosquitto with its files in `directory` where it is installed, else the embedded broker; not yet started."""
    return MosquittoBroker(directory, port) if find_mosquitto() else EmbeddedBroker(port)


def find_mosquitto() -> str | None:
    """Path of the mosquitto program, None if it is not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=_SYSTEM_PATH)


class EmbeddedBroker:
    """An MQTT 3.1.1 broker (amqtt) in a thread of its own, for anonymous clients on the loop-back address.

    `port` 0 takes a free one at the first start and keeps it. Retained messages outlive stop(), sessions do not.
    ImportError without amqtt, RuntimeError if it cannot start.
    """

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._retained: list[Any] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._halt = asyncio.Event()

    @property
    def port(self) -> int:
        """The TCP port; 0 before the first start if none was asked for."""
        return self._port

    def start(self) -> None:
        """Returns when clients can connect."""
        if self._thread is not None:
            return
        # Imported here and not above: mosquitto does without the library.
        from kiosk.virtual.broker_engine import Engine

        ready: Future[int] = Future()
        thread = threading.Thread(target=self._run, args=(Engine, ready), name="embedded-broker", daemon=True)
        thread.start()
        try:
            self._port = ready.result(_START_S)
        except (OSError, TimeoutError) as error:
            raise RuntimeError(f"the embedded broker did not start on port {self._port}") from error
        self._thread = thread

    def stop(self) -> None:
        """All connections die without a word, the port closes."""
        thread, self._thread = self._thread, None
        if thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._halt.set)
            thread.join(_STOP_S)

    def restart(self) -> None:
        """Stops and comes back on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _run(self, engine: "type[Engine]", ready: "Future[int]") -> None:
        try:
            asyncio.run(self._serve(engine, ready))
        except Exception as error:
            if ready.done():
                _log.exception("the embedded broker ended")
            else:
                ready.set_exception(error)

    async def _serve(self, engine_class: "type[Engine]", ready: "Future[int]") -> None:
        self._loop, self._halt = asyncio.get_running_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda _, context: _log.debug("embedded broker: %s", context["message"]))
        engine = engine_class()
        await engine.start()
        await engine.restore(self._retained)
        # The listener is ours: of its own the library gives away neither the port nor the connections.
        try:
            server = await asyncio.start_server(engine.serve, _HOST, self._port)
        except OSError:
            await engine.close()
            raise
        ready.set_result(server.sockets[0].getsockname()[1])
        await self._halt.wait()
        server.close()
        self._retained = await engine.close()


class MosquittoBroker:
    """A real mosquitto as a child process, MQTT 5, anonymous, on the loop-back address.

    `directory` holds its configuration, log and database; as shipped, it saves at stop() and not at kill(). Another
    configuration may be `given`, for a port.
    FileNotFoundError if it is not installed, RuntimeError if it does not start.
    """

    def __init__(self, directory: Path, port: int = 0, given: Callable[[int], str] | None = None) -> None:
        self.directory, self._given = directory, given
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The TCP port; 0 before the first start if none was asked for."""
        return self._port

    @property
    def log_path(self) -> Path:
        """What mosquitto says."""
        return self.directory / "mosquitto.log"

    def start(self) -> None:
        """Returns when clients can connect."""
        if self._process is not None:
            return
        program = find_mosquitto()
        if program is None:
            raise FileNotFoundError("mosquitto is not installed")
        self._port = _free_port(self._port)
        configuration = self.directory / "mosquitto.conf"
        configuration.write_text(self._configuration(), encoding="utf-8")
        # A session of its own: Ctrl-C is for whoever started this, who then stops the broker last.
        self._process = subprocess.Popen(
            [program, "-c", str(configuration)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._await_port(self._process)
        except RuntimeError:
            self.kill()
            raise

    def stop(self) -> None:
        """Asks it to end, as the init system does; it saves its database."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self) -> None:
        """The power fails: SIGKILL."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def reload(self) -> None:
        """Reads who may do what anew, as the init system asks it to."""
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)

    def restart(self) -> None:
        """Stops and comes back on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _configuration(self) -> str:
        lines = [self._shipped() if self._given is None else self._given(self._port)]
        lines.append(f"log_dest file {self.log_path}")
        if os.geteuid() == 0:
            # Started by root it would change to its own user, who may not write here.
            lines.append("user root")
        return "\n".join(lines) + "\n"

    def _shipped(self) -> str:
        return f"""listener {self._port} {_HOST}
allow_anonymous true
persistence true
persistence_location {self.directory}/
"""

    def _await_port(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise RuntimeError(f"mosquitto ended with {process.returncode}, see {self.log_path}")
            with contextlib.suppress(OSError), socket.create_connection((_HOST, self._port), timeout=1):
                return
            time.sleep(_POLL_S)
        raise RuntimeError(f"mosquitto did not open port {self._port} in {_START_S:.0f} s")


def _free_port(port: int) -> int:
    """`port`, or for 0 any that is free; RuntimeError if another program has it."""
    with socket.socket() as probe:
        # As mosquitto does: connections of its last life may still linger on the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
            probe.listen()
        except OSError as error:
            raise RuntimeError(f"port {port} is taken") from error
        return int(probe.getsockname()[1])
