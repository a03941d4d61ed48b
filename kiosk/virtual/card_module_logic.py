"""What the ID-card module answers to each command: the state machine of section 10, with no wire and no clock."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from kiosk.virtual.card_module_frames import Command, Malformed, Status, reply
from kiosk.virtual.cards import IdCard

# Shown by a driver as 05.01-20200101-0000123456-0007890123 (section 3).
SAM_ID: Final = bytes.fromhex("05 00 01 00 A5 3A 34 01 40 E2 01 00 CB 64 78 00")
BAUD_RATES: Final = (115200, 57600, 38400, 19200, 9600)
# After a failed authentication the card answers only when it was lifted and laid again (section 5).
_AUTHENTICATION: Final = frozenset({Status.CARD_REFUSED_MODULE, Status.MODULE_REFUSED_CARD})


class _Stage(Enum):
    IDLE = auto()
    FOUND = auto()
    SELECTED = auto()
    READ = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: the frame, cut short at `keep`; whether it is a whole good read; the line rate from then on."""

    frame: bytes
    keep: int | None = None
    read: bool = False
    baud: int | None = None


class ModuleLogic:
    """One module and what lies on it. Not thread-safe. Its fault settings hold for the next 30 01 or 30 10."""

    def __init__(self, answers_again: bool = True, sam_id: bytes = SAM_ID) -> None:
        self.answers_again = answers_again
        self.sam_id = sam_id
        self.out_of_order: int | None = None
        self.next_status: tuple[int, int, int] | None = None
        self.next_status_times = 1
        self.next_selects_fail = 0
        self.next_keep: int | None = None
        self.next_checksum_wrong = False
        self.reread: tuple[Command, int | None] | None = None
        self.stuck: tuple[Command, int] | None = None
        self.reset_helps = True
        self.card: IdCard | None = None
        self.resets = 0
        self._stage = _Stage.IDLE
        self._spent = False
        self._was_read = False

    def lay(self, card: IdCard) -> None:
        """A card comes, instead of one that lay there."""
        self.card = card
        self.restart()

    def lift(self) -> None:
        """The card goes, if there is one."""
        self.card = None
        self.restart()

    def restart(self) -> None:
        """The module loses its power and gets it back; a card stays where it lies."""
        self._stage, self._spent, self._was_read = _Stage.IDLE, False, False

    def takes_radio_time(self, command: Command | Malformed) -> bool:
        """Whether the module must talk to a selected card before it can answer."""
        return isinstance(command, Command) and command.code == 0x30 and self._stage in (_Stage.SELECTED, _Stage.READ)

    def answer(self, command: Command | Malformed) -> Answer:
        """The reply to one frame; 10, 11 or 21 for what is no command (section 10, item 1)."""
        if isinstance(command, Malformed):
            return Answer(reply(command.status))
        if self.out_of_order is not None:
            return Answer(reply(self.out_of_order))
        if len(command.data) != (command.code == 0x61):
            return Answer(reply(Status.BAD_LENGTH))
        if self.stuck is not None and self.stuck[0] == command:
            return Answer(reply(self.stuck[1]))
        if self._was_read and self.reread is not None and self.reread[0] == command:
            return _refusal(self.reread[1])
        return self._dispatch(command)

    def _dispatch(self, command: Command) -> Answer:
        match command.code, command.parameter:
            case 0x10, 0xFF:
                self._stage = _Stage.IDLE
                self.resets += 1
                self.stuck = None if self.reset_helps else self.stuck
                return _DONE
            case (0x11, 0xFF) | (0x61, 0xFF):
                return _DONE
            case 0x12, 0xFF:
                return Answer(reply(Status.DONE, self.sam_id))
            case 0x20, 0x01:
                return self._find()
            case 0x20, 0x02:
                return self._select()
            case 0x30, 0x01 | 0x10:
                return self._read(fingerprints=command.parameter == 0x10)
            case 0x30, 0x03:
                return self._newest_address()
            case 0x60, rate if rate < len(BAUD_RATES):
                # Which speed the reply has is not documented (section 3): here it still has the old one.
                return Answer(reply(Status.DONE), baud=BAUD_RATES[rate])
        return Answer(reply(Status.BAD_COMMAND))

    def _find(self) -> Answer:
        self._stage = _Stage.IDLE
        if self.card is None or self._spent:
            return Answer(reply(Status.NO_CARD))
        self._stage = _Stage.FOUND
        return Answer(reply(Status.CARD_FOUND, bytes(4)))

    def _select(self) -> Answer:
        if self._stage is not _Stage.FOUND or self.next_selects_fail:
            self._stage, self.next_selects_fail = _Stage.IDLE, max(0, self.next_selects_fail - 1)
            return Answer(reply(Status.SELECT_FAILED))
        self._stage = _Stage.SELECTED
        return Answer(reply(Status.DONE, bytes(8)))

    def _read(self, fingerprints: bool) -> Answer:
        stage, self._stage = self._stage, _Stage.IDLE
        if self.next_status is not None:
            return self._refuse(*self.next_status)
        if self.card is None or stage is not _Stage.SELECTED:
            return Answer(reply(Status.READ_FAILED))
        self._stage, self._spent = _Stage.READ, not self.answers_again
        return self._spoil(_base_reply(self.card, fingerprints))

    def _refuse(self, status: int, sw1: int, sw2: int) -> Answer:
        self.next_status_times -= 1
        if self.next_status_times <= 0:
            self.next_status, self.next_status_times = None, 1
        self._spent = self._spent or status in _AUTHENTICATION
        return Answer(reply(status, sw1=sw1, sw2=sw2))

    def _spoil(self, frame: bytes) -> Answer:
        if self.next_keep is not None:
            keep, self.next_keep = self.next_keep, None
            self.lift()
            return Answer(frame, keep=keep)
        if self.next_checksum_wrong:
            self.next_checksum_wrong = False
            return Answer(frame[:-1] + bytes((frame[-1] ^ 0xFF,)))
        self._was_read = True
        return Answer(frame, read=True)

    def _newest_address(self) -> Answer:
        # Allowed before and after the base read of one selection: a module that never finds a card
        # twice could not give the address otherwise.
        if self.card is None or self._stage not in (_Stage.SELECTED, _Stage.READ):
            return Answer(reply(Status.READ_FAILED))
        address = self.card.address_block()
        return Answer(reply(Status.DONE, address) if address else reply(Status.NO_SUCH_ITEM))


_DONE: Final = Answer(reply(Status.DONE))


def _refusal(status: int | None) -> Answer:
    """A bare status; None is silence."""
    return Answer(b"" if status is None else reply(status))


def _base_reply(card: IdCard, fingerprints: bool) -> bytes:
    blocks = [card.text_block(), card.photo]
    if fingerprints:
        blocks.append(card.fingerprints)
    lengths = b"".join(len(block).to_bytes(2, "big") for block in blocks)
    return reply(Status.DONE, lengths + b"".join(blocks))
