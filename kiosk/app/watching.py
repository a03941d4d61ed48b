"""A thread that looks at the disk now and then, and holds nothing open."""

from kiosk.engine.attendants import Attendant


class Watch(Attendant):
    """`look` is called each `every_s` seconds."""

    every_s: float

    def look(self) -> None:
        raise NotImplementedError

    def open(self) -> None:
        """There is nothing to be held open."""

    def serve(self) -> None:
        while not self.stopping:
            self.look()
            self._stop.wait(self.every_s)

    def close(self) -> None:
        """Nor to be closed."""
