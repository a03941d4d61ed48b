"""A virtual ID-card module on a serial line, with the timing of a real one and buttons for its faults."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from kiosk.virtual.card_module_frames import Command, CommandHunter, Malformed
from kiosk.virtual.card_module_logic import SAM_ID, Answer, ModuleLogic
from kiosk.virtual.cards import IdCard
from kiosk.virtual.pacing import send_paced
from kiosk.virtual.stage import Activity, Hear, Say, Stage, Threads, Wait
from kiosk.virtual.wire import Wire

_IDLE_S: Final = 0.05
# A command whose rest does not come is given up, or the next one would be taken for its rest.
_COMMAND_GAP_S: Final = 0.5
# Stray bytes with an AA, two AA and a lone 96, which in this order never make a preamble.
_STRAY: Final = (b"\xaa", b"\x00\xff\x55", b"\x13\xaa\xaa", b"\x96")


@dataclass(frozen=True, slots=True)
class CardModuleSettings:
    """How a module behaves: line rate in baud, delays before a reply in s, bytes written at a time.

    `answers_again`: a card that was read and stays is found again (9F), or is not (80) (section 5).
    """

    baud: int = 115200
    rf_read_s: float = 0.3
    reply_s: float = 0.0
    answers_again: bool = True
    split: int = 16
    sam_id: bytes = SAM_ID


class CardModule:
    """The module at the far end of `wire` (ID-card module notes, section 10).

    `on_read` gets the stage's time at the last byte of each whole and good 30 01 or 30 10 reply, in the
    module's thread. Buttons may be pressed from any thread.
    """

    def __init__(
        self,
        wire: Wire,
        settings: CardModuleSettings = CardModuleSettings(),
        on_read: Callable[[float], None] | None = None,
        stage: Stage | None = None,
    ) -> None:
        self.wire = wire
        self.settings = settings
        self.on_read = on_read
        self._stage = stage or Threads(wire)
        self._logic = ModuleLogic(settings.answers_again, settings.sam_id)
        self._hunter = CommandHunter()
        self._baud = settings.baud
        self._late: dict[Command, tuple[float, int]] = {}
        self._tail = b""
        self._lifted = False
        self._silent = False
        self._noisy = False
        self._mismatched = False
        self._stray = itertools.cycle(_STRAY)
        self._heard_at = 0.0
        self._last_read_at: float | None = None
        self._reads = 0

    @property
    def last_read_at(self) -> float | None:
        """When the last byte of the last good read reply was written, in s; None before the first."""
        with self._stage.lock:
            return self._last_read_at

    @property
    def reads(self) -> int:
        """Good read replies since the module was made."""
        with self._stage.lock:
            return self._reads

    @property
    def resets(self) -> int:
        """Commands 10 FF since the module was made."""
        return self._logic.resets

    @property
    def baud(self) -> int:
        """The line rate replies are paced at; a 60 xx command changes it, unplugging restores it."""
        return self._baud

    @property
    def card(self) -> IdCard | None:
        """The card that lies on the module."""
        return self._logic.card

    def start(self) -> None:
        """Plugs the wire and serves it until stop() or unplug()."""
        self._stage.begin(self._life())

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
            self._lifted = True

    def plug(self) -> None:
        """The cable is put back."""
        self.start()

    def unplug(self) -> None:
        """The cable is pulled: the module has no power and forgets all but the card that lies on it."""
        self.stop()
        with self._stage.lock:
            self._logic.restart()
            self._hunter = CommandHunter()
            self._baud = self.settings.baud

    def silence(self, on: bool) -> None:
        """The module hangs: it takes bytes and answers nothing."""
        self._silent = on

    def noise(self, on: bool) -> None:
        """Stray bytes, also AA, between frames and while the line is idle."""
        self._noisy = on

    def mismatch(self, on: bool) -> None:
        """Host and module have different line rates: commands are not understood, the host sees garbage."""
        self._mismatched = on

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
            self._late[command] = (seconds, times)

    def append(self, tail: bytes) -> None:
        """A picture comes after each good read's reply, outside of its frame (section 9)."""
        self._tail = tail

    def stuck(self, command: Command, sw3: int | None, *, reset_helps: bool = True) -> None:
        """This command answers this status, until a reset if that helps; None mends the module."""
        with self._stage.lock:
            self._logic.stuck = None if sw3 is None else (command, sw3)
            self._logic.reset_helps = reset_helps

    def out_of_order(self, sw3: int | None) -> None:
        """Every command answers this status, as 60 (self-test) or 66 (not authorised) do; None mends the module."""
        with self._stage.lock:
            self._logic.out_of_order = sw3

    def _life(self) -> Activity[None]:
        while True:
            data = yield Hear(self._stage.now_s() + _IDLE_S)
            if data:
                self._heard_at = self._stage.now_s()
                yield from self._hear(data)
            else:
                yield from self._idle()

    def _hear(self, data: bytes) -> Activity[None]:
        if self._silent:
            self._hunter.forget()
        elif self._mismatched:
            yield Say(bytes(byte ^ 0x5A for byte in data))
        else:
            for command in self._hunter.feed(data):
                yield from self._serve(command)

    def _idle(self) -> Activity[None]:
        if self._stage.now_s() - self._heard_at > _COMMAND_GAP_S:
            self._hunter.forget()
        if self._noisy:
            yield Say(next(self._stray))

    def _serve(self, command: Command | Malformed) -> Activity[None]:
        radio = self._logic.takes_radio_time(command)
        yield Wait(self._stage.now_s() + (self.settings.rf_read_s if radio else self.settings.reply_s))
        answer = self._logic.answer(command)
        self._lifted = False
        yield Wait(self._stage.now_s() + self._lateness(command))
        if self._noisy:
            yield Say(next(self._stray))
        yield from self._send(answer)

    def _lateness(self, command: Command | Malformed) -> float:
        if not isinstance(command, Command) or command not in self._late:
            return 0.0
        seconds, times = self._late.pop(command)
        if times > 1:
            self._late[command] = (seconds, times - 1)
        return seconds

    def _send(self, answer: Answer) -> Activity[None]:
        sent_at = yield from self._paced(answer.frame[: answer.keep], lambda: not (answer.read and self._lifted))
        if sent_at is not None and answer.read:
            self._last_read_at = sent_at
            self._reads += 1
            if self.on_read is not None:
                self.on_read(sent_at)
            yield from self._paced(self._tail, lambda: self.wire.plugged)
        if answer.baud is not None:
            self._baud = answer.baud

    def _paced(self, data: bytes, go_on: Callable[[], bool]) -> Activity[float | None]:
        return send_paced(self._stage, data, self._baud, self.settings.split, go_on)
