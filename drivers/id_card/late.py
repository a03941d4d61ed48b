"""Which reply of the ID-card module is the answer to the command asked last, when an earlier answer is late; pure.

Replies do not name their command. The module answers in order, so a late answer comes before the one that is awaited.
"""

from collections.abc import Callable

from drivers.id_card.frames import FIND, READ_ADDRESS, READ_BASE, RESET, SELECT, STATUS, Reply
from drivers.id_card.status import Status

_TEXT_BYTES = 256
_ADDRESS_BYTES = 70


def _bare(reply: Reply) -> bool:
    return reply.status == Status.DONE and not reply.data


def _found(reply: Reply) -> bool:
    return reply.status in (Status.CARD_FOUND, Status.NO_CARD)


def _selected(reply: Reply) -> bool:
    return reply.status == Status.DONE and len(reply.data) < _ADDRESS_BYTES


def _base(reply: Reply) -> bool:
    return reply.status == Status.DONE and len(reply.data) >= _TEXT_BYTES


def _address(reply: Reply) -> bool:
    return reply.status == Status.NO_SUCH_ITEM or (reply.status == Status.DONE and len(reply.data) == _ADDRESS_BYTES)


_SHAPES: dict[bytes, Callable[[Reply], bool]] = {
    STATUS: _bare,
    RESET: _bare,
    FIND: _found,
    SELECT: _selected,
    READ_BASE: _base,
    READ_ADDRESS: _address,
}


class Unanswered:
    """The commands whose answers may still come."""

    def __init__(self) -> None:
        self._commands: set[bytes] = set()

    def add(self, command: bytes) -> None:
        """Nobody waits for its answer any more."""
        self._commands.add(command)

    def clear(self) -> None:
        """No answer is awaited but the next command's."""
        self._commands.clear()

    def is_answer(self, command: bytes, reply: Reply) -> bool:
        """Whether a reply answers this command and cannot be another's that is late."""
        if not self._commands:
            return True
        fits = _SHAPES[command](reply)
        # In order: behind an answer that is this command's for certain no earlier one can come.
        if fits and command not in self._commands:
            self.clear()
        return fits
