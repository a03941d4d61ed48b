"""The things that happen to printers, as methods: what hands, sensors, cables and power do."""

from kiosk.virtual.printer.body import Body
from kiosk.virtual.printer.settings import DOTS_A_MM


class Buttons(Body):
    """A printer with a button for each of its faults."""

    def paper_out(self) -> None:
        self._sense(paper_out=True)

    def load_paper(self) -> None:
        self._act(self._machine.load_paper)

    def near_end(self, on: bool = True) -> None:
        self._sense(near_end=on)

    def paper_out_after(self, mm: float) -> None:
        """The paper ends after so many more mm, wherever the job is then."""
        with self._lock:
            now = self._catch_up()
            head = self._machine.head
            head.paper_left = round(mm * DOTS_A_MM) + head.rows_burnt(now)
            if not round(mm * DOTS_A_MM):
                self._machine.sense(now, paper_out=True)

    def open_cover(self) -> None:
        self._sense(cover_open=True)

    def close_cover(self) -> None:
        self._sense(cover_open=False)

    def cutter_error(self, on: bool = True) -> None:
        """The cutter jams; DLE ENQ clears the error, but while it is jammed the next cut fails again."""
        with self._lock:
            self._machine.jammed = on
            self._sense(cutter_error=on)

    def head_hot(self, on: bool = True) -> None:
        self._sense(head_hot=on)

    def drawer(self, high: bool = True) -> None:
        self._sense(drawer_high=high)

    def tear(self) -> None:
        """A hand feeds what was printed to the tear bar and tears it off: a slip, if there is any paper."""
        self._act(self._machine.tear)

    def unplug(self) -> None:
        """The data cable only: buffers, modes and the automatic status setting are kept."""
        with self._lock:
            self._catch_up()
            self._pull_cable()

    def plug(self) -> None:
        self._wire.plug()

    def cut_after(self, count: int) -> None:
        """Unplug after `count` more bytes have come."""
        with self._lock:
            self._intake.cut_after(count)

    def power_off(self) -> None:
        """Buffers, modes and the line are lost, automatic status is off again."""
        self._act(self._machine.power_off)
        self._power_cut()

    def power_on(self) -> None:
        with self._lock:
            self._powered = True
        self._wire.plug()

    def silence(self, on: bool = True) -> None:
        """Takes bytes and prints, answers nothing."""
        self._replies.silent = on or not self.settings.answers

    def one_way(self, on: bool = True) -> None:
        """The line back is cut: the same to the host as silence."""
        self.silence(on)

    def garbage(self, on: bool = True) -> None:
        """Every answer comes with a byte of noise before it and flipped bits in it."""
        self._replies.garbled = on

    def slow(self, factor: float = 4.0) -> None:
        """The head takes `factor` times as long for a row; 1 is full speed."""
        self._act(lambda now: self._machine.set_speed(now, factor))

    def _sense(self, **changes: bool) -> None:
        self._act(lambda now: self._machine.sense(now, **changes))
