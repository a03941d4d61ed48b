"""What the ID-card module hears and says on its line: whole commands, a real one's timing, and the line's faults."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.virtual.card_module_frames import Command, CommandHunter, Malformed
from kiosk.virtual.card_module_logic import SAM_ID, Answer, ModuleLogic
from kiosk.virtual.pacing import send_paced
from kiosk.virtual.stage import Activity, Hear, Say, Stage, Wait

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


class ModuleLine:
    """The life of one module from the moment that it has power; its faults may be changed between two steps."""

    def __init__(self, stage: Stage, logic: ModuleLogic, settings: CardModuleSettings) -> None:
        self._stage, self._logic, self._settings = stage, logic, settings
        self.on_read: Callable[[float], None] | None = None
        self.silent = False
        self.noisy = False
        self.mismatched = False
        self.tail = b""
        self.late: dict[Command, tuple[float, int]] = {}
        """Seconds by which answers to a command are late, and how many are."""
        self.lifted = False
        """The card was taken away since the last command was answered."""
        self.baud = settings.baud
        self.last_read_at: float | None = None
        self.reads = 0
        self._hunter = CommandHunter()
        self._stray = itertools.cycle(_STRAY)
        self._heard_at = 0.0

    def restart(self) -> None:
        """The module loses its power."""
        self._logic.restart()
        self._hunter = CommandHunter()
        self.baud = self._settings.baud

    def life(self) -> Activity[None]:
        """Answers the host for ever."""
        while True:
            data = yield Hear(self._stage.now_s() + _IDLE_S)
            if data:
                self._heard_at = self._stage.now_s()
                yield from self._hear(data)
            else:
                yield from self._idle()

    def _hear(self, data: bytes) -> Activity[None]:
        if self.silent:
            self._hunter.forget()
        elif self.mismatched:
            yield Say(bytes(byte ^ 0x5A for byte in data))
        else:
            for command in self._hunter.feed(data):
                yield from self._serve(command)

    def _idle(self) -> Activity[None]:
        if self._stage.now_s() - self._heard_at > _COMMAND_GAP_S:
            self._hunter.forget()
        if self.noisy:
            yield Say(next(self._stray))

    def _serve(self, command: Command | Malformed) -> Activity[None]:
        radio = self._logic.takes_radio_time(command)
        yield Wait(self._stage.now_s() + (self._settings.rf_read_s if radio else self._settings.reply_s))
        answer = self._logic.answer(command)
        self.lifted = False
        yield Wait(self._stage.now_s() + self._lateness(command))
        if self.noisy:
            yield Say(next(self._stray))
        yield from self._send(answer)

    def _lateness(self, command: Command | Malformed) -> float:
        if not isinstance(command, Command) or command not in self.late:
            return 0.0
        seconds, times = self.late.pop(command)
        if times > 1:
            self.late[command] = (seconds, times - 1)
        return seconds

    def _send(self, answer: Answer) -> Activity[None]:
        sent_at = yield from self._paced(answer.frame[: answer.keep], lambda: not (answer.read and self.lifted))
        if sent_at is not None and answer.read:
            self.last_read_at = sent_at
            self.reads += 1
            if self.on_read is not None:
                self.on_read(sent_at)
            yield from self._paced(self.tail)
        if answer.baud is not None:
            self.baud = answer.baud

    def _paced(self, data: bytes, go_on: Callable[[], bool] = lambda: True) -> Activity[float | None]:
        return send_paced(self._stage, data, self.baud, self._settings.split, go_on)
