"""A virtual ID-card module on a serial line, with the timing of a real one and buttons for its faults."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from kiosk.virtual.card_module_frames import Command
from kiosk.virtual.card_module_line import CardModuleSettings, ModuleLine
from kiosk.virtual.card_module_logic import ModuleLogic
from kiosk.virtual.cards import IdCard
from kiosk.virtual.stage import Stage, Threads
from kiosk.virtual.wire import Wire

__all__ = ["CardModule", "CardModuleSettings"]


class CardModule:
    """The module at the far end of `wire` (ID-card module notes, section 10).

    `on_read` gets the stage's time at the last byte of each whole and good 30 01 or 30 10 reply, in the
    module's thread. Buttons may be pressed from any thread.
    """

    def __init__(
        self,
        wire: Wire,
        settings: CardModuleSettings | None = None,
        on_read: Callable[[float], None] | None = None,
        stage: Stage | None = None,
    ) -> None:
        self.wire = wire
        self.settings = settings or CardModuleSettings()
        self._stage = stage or Threads(wire)
        self._logic = ModuleLogic(self.settings.answers_again, self.settings.sam_id)
        self._line = ModuleLine(self._stage, self._logic, self.settings)
        self.on_read = on_read

    @property
    def on_read(self) -> Callable[[float], None] | None:
        return self._line.on_read

    @on_read.setter
    def on_read(self, told: Callable[[float], None] | None) -> None:
        self._line.on_read = told

    @property
    def last_read_at(self) -> float | None:
        """When the last byte of the last good read reply was written, in s; None before the first."""
        with self._stage.lock:
            return self._line.last_read_at

    @property
    def reads(self) -> int:
        """Good read replies since the module was made."""
        with self._stage.lock:
            return self._line.reads

    @property
    def resets(self) -> int:
        """Commands 10 FF since the module was made."""
        return self._logic.resets

    @property
    def baud(self) -> int:
        """The line rate replies are paced at; a 60 xx command changes it, unplugging restores it."""
        return self._line.baud

    @property
    def card(self) -> IdCard | None:
        """The card that lies on the module."""
        return self._logic.card

    def start(self) -> None:
        """Plugs the wire and serves it until stop() or unplug()."""
        self._stage.begin(self._line.life())

    def stop(self) -> None:
        """Ends its service, also in mid-reply, and unplugs the wire."""
        self._stage.end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def lay(self, card: IdCard) -> None:
        """A person lays a card on the reader."""
        with self._stage.lock:
            self._logic.lay(card)

    def lift(self) -> None:
        """The card is taken away; a read reply that is on its way breaks off."""
        with self._stage.lock:
            self._logic.lift()
            self._line.lifted = True

    def plug(self) -> None:
        """The cable is put back."""
        self.start()

    def unplug(self) -> None:
        """The cable is pulled: the module has no power and forgets all but the card that lies on it."""
        self.stop()
        with self._stage.lock:
            self._line.restart()

    def silence(self, on: bool) -> None:
        """The module hangs: it takes bytes and answers nothing."""
        self._line.silent = on

    def noise(self, on: bool) -> None:
        """Stray bytes, also AA, between frames and while the line is idle."""
        self._line.noisy = on

    def mismatch(self, on: bool) -> None:
        """Host and module have different line rates: commands are not understood, the host sees garbage."""
        self._line.mismatched = on

    def tear_next(self, keep: int = 700) -> None:
        """The card leaves in the middle of the next read: `keep` bytes of the reply come, then nothing."""
        with self._stage.lock:
            self._logic.next_keep = keep

    def wrong_checksum_next(self) -> None:
        """The next good read's reply has a wrong CHK."""
        with self._stage.lock:
            self._logic.next_checksum_wrong = True

    def status_next(self, sw3: int, *, sw1: int = 0, sw2: int = 0, times: int = 1) -> None:
        """The next reads (30 01, 30 10) answer this status (section 4); after 31 or 32 the card must be laid again."""
        with self._stage.lock:
            self._logic.next_status, self._logic.next_status_times = (sw3, sw1, sw2), times

    def select_fails_next(self, times: int = 1) -> None:
        """The card moves between find and select."""
        with self._stage.lock:
            self._logic.next_selects_fail = times

    def reread(self, command: Command, sw3: int | None) -> None:
        """A card that was read is found on, but this command refuses it until it was lifted; None: with silence."""
        with self._stage.lock:
            self._logic.reread = (command, sw3)

    def late_next(self, command: Command, seconds: float, times: int = 1) -> None:
        """The next answers to this command come so late; they tell what was true when it was asked."""
        with self._stage.lock:
            self._line.late[command] = (seconds, times)

    def append(self, tail: bytes) -> None:
        """A picture comes after each good read's reply, outside of its frame (section 9)."""
        self._line.tail = tail

    def stuck(self, command: Command, sw3: int | None, *, reset_helps: bool = True) -> None:
        """This command answers this status, until a reset if that helps; None mends the module."""
        with self._stage.lock:
            self._logic.stuck = None if sw3 is None else (command, sw3)
            self._logic.reset_helps = reset_helps

    def out_of_order(self, sw3: int | None) -> None:
        """Every command answers this status, as 60 (self-test) or 66 (not authorised) do; None mends the module."""
        with self._stage.lock:
            self._logic.out_of_order = sw3
