"""A printer in a network of its own, at the end of a cable that can be pulled; needs root."""

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kiosk.virtual.wire import TcpWire

CLONE_NEWNET = 0x40000000
HOST, PRINTER, NETWORK = "198.18.{}.1", "198.18.{}.2", "198.18.{}.0/30"
"""Addresses for trials (RFC 2544), a network a process."""


class FarWire(TcpWire):
    """The printer's end, in its own network."""

    def __init__(self, space: str, address: str) -> None:
        super().__init__(9100, address)
        self._space = space

    def _listen(self) -> socket.socket:
        made: list[socket.socket] = []
        thread = threading.Thread(target=lambda: made.append(self._listen_there()))
        thread.start()
        thread.join()
        return made[0]

    def _listen_there(self) -> socket.socket:
        """Only this thread moves, and it ends here."""
        with Path(f"/run/netns/{self._space}").open() as space:
            if ctypes.CDLL(None, use_errno=True).setns(space.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        return super()._listen()


class FarNetwork:
    """`pull` takes the cable out at the printer: everything is lost in silence, both ways."""

    def __init__(self, number: int) -> None:
        self._space, self._near = f"kiosk-far{number}", f"kfar{number}"
        self.address, self._net = PRINTER.format(number), NETWORK.format(number)
        self._host = HOST.format(number)

    def lay(self) -> None:
        # Else what finds no cable would look for the printer in the internet.
        _ip(f"route add unreachable {self._net} metric 4000")
        _ip(f"netns add {self._space}")
        _ip(f"link add {self._near} type veth peer name far netns {self._space}")
        _ip(f"addr add {self._host}/30 dev {self._near}")
        _ip(f"link set {self._near} up")
        _ip(f"-n {self._space} addr add {self.address}/30 dev far")
        self.plug()

    def plug(self) -> None:
        _ip(f"-n {self._space} link set far up")

    def pull(self) -> None:
        _ip(f"-n {self._space} link set far down")

    def wire(self) -> FarWire:
        return FarWire(self._space, self.address)

    def remove(self) -> None:
        for words in (f"link del {self._near}", f"netns del {self._space}", f"route del {self._net} metric 4000"):
            with suppress(OSError):
                subprocess.run(["ip", *words.split()], capture_output=True, check=False)


@contextmanager
def far_network() -> Iterator[FarNetwork]:
    """Skips with words where it may not be made."""
    network = FarNetwork(os.getpid() % 256)
    try:
        network.lay()
        yield network
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network of its own can be made here: {error}")
    finally:
        network.remove()


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], capture_output=True, check=True)
