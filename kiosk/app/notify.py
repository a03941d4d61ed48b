"""systemd's notification protocol (sd_notify(3)): one datagram a word. It never blocks or fails whoever tells it."""

import socket
import time
from collections.abc import Callable, Mapping

BEAT_S = 1.0
"""The watchdog is fed no more often, or four times within its patience if that is short."""


class Notifier:
    """Speaks to the service manager; says nothing where there is none (no NOTIFY_SOCKET in `environment`)."""

    def __init__(self, environment: Mapping[str, str], now_s: Callable[[], float] = time.monotonic) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._beat_s = _beat_s(environment.get("WATCHDOG_USEC", ""))
        self._now_s = now_s
        self._owed = ""
        self._fed_s = float("-inf")

    def ready(self, status: str) -> None:
        """Said again with the next word if the service manager has no room for it now."""
        self._owed = f"READY=1\nSTATUS={status}"
        self._send_owed()

    def alive(self) -> None:
        """To be called by the thread whose progress matters, at each turn, and by no timer."""
        now = self._now_s()
        if now - self._fed_s >= self._beat_s:
            self._send_owed("WATCHDOG=1")
            self._fed_s = now

    def stopping(self) -> None:
        self._owed = ""
        self._send("STOPPING=1")

    def _send_owed(self, *words: str) -> None:
        if self._send("\n".join((self._owed, *words) if self._owed else words)):
            self._owed = ""

    def _send(self, text: str) -> bool:
        if self._address:
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                    line.sendto(text.encode(), socket.MSG_DONTWAIT, self._address)
            except (OSError, ValueError):
                return False
        return True


def _beat_s(watchdog_usec: str) -> float:
    return min(BEAT_S, int(watchdog_usec) / 4e6) if watchdog_usec.isdecimal() else BEAT_S
