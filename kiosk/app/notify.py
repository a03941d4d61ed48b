"""systemd's notification protocol (sd_notify(3)): one datagram a word. It never blocks or fails whoever tells it."""

import socket


class Notifier:
    """Speaks to the service manager; says nothing where there is none (`address` empty)."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._owed = ""

    def ready(self, status: str) -> None:
        """Said again with the next word if the service manager has no room for it now."""
        self._owed = f"READY=1\nSTATUS={status}"
        if self._send(self._owed):
            self._owed = ""

    def alive(self) -> None:
        """To be called by the thread whose progress matters, and by no timer."""
        words = [self._owed, "WATCHDOG=1"] if self._owed else ["WATCHDOG=1"]
        if self._send("\n".join(words)):
            self._owed = ""

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, text: str) -> bool:
        if self._address:
            try:
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                    line.sendto(text.encode(), socket.MSG_DONTWAIT, self._address)
            except OSError:
                return False
        return True
