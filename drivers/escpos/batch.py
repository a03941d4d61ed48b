"""The slips under way, and what has been heard of each: proved, torn, or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from escpos.constants import GS

from drivers.escpos.replies import ProcessId, Queued, RealTime, Reply
from kiosk.ports import PrinterFault, PrinterState, PrintOutcome

PROCESS_ID: bytes = GS + b"(H\x06\x00\x30\x30"
FENCE: bytes = GS + b"r\x01"
ASK_EVERY_S = 0.25
"""A slip that takes longer on the line is mixed with questions: a printer that was off meanwhile leaves one without
an answer, although the slip's end came through. No printer starts up faster than this."""
TEARING = frozenset({PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.CUTTER, PrinterFault.BROKEN})
"""Faults that stop the paper under a slip; a hot head only pauses."""


class Confirm(StrEnum):
    """How the printer proves a slip."""

    PROCESS_ID = "process-id"
    FENCE = "fence"
    STATUS = "status"
    """It answers questions and nothing else: a slip counts as proved if all was well until it must have come out."""
    NONE = "none"


@dataclass(slots=True)
class Batch:
    """The slips under way: which are proved, and which are torn: paper or cover failed under the head, or a question
    among their bytes was never answered."""

    ids: list[bytes]
    confirm: Confirm
    changed: Callable[[PrinterState], None]
    questions: list[int] = field(default_factory=list)
    """How many questions were sent up to the end of each slip; `answers` counts down from those asked before."""
    answers: int = 0
    fences: int = 0
    alive: bool = True
    proved: set[int] = field(default_factory=set)
    torn: set[int] = field(default_factory=set)

    def mixed(self, slips: Iterable[Iterable[bytes]], question: bytes, byte_s: float) -> Iterator[bytes]:
        """The slips' pieces, each slip with its proof; on a slow line a question stands between two now and then."""
        since = asked = 0
        for pieces, mark in zip(slips, self.ids, strict=True):
            for piece in pieces:
                yield piece
                since += len(piece)
                if self.confirm is not Confirm.NONE and since * byte_s > ASK_EVERY_S:
                    yield question
                    since, asked = 0, asked + 1
            self.questions.append(asked)
            yield self._proof(mark)

    def heard(self, reply: Reply, state: PrinterState) -> None:
        """Any reply, and the state as it is since."""
        match reply:
            case RealTime():
                self.answers += 1
            case ProcessId(mark):
                self._echoed(mark)
            case Queued():
                self._passed_fence()
            case _:
                pass
        if state.faults & TEARING:
            # The paper has stopped under the slip that comes after the last proved one.
            self.torn.add(max(self.proved, default=self.fences - 1) + 1)

    def all_came_out(self) -> None:
        """Nothing was wrong until the last one must have come out."""
        self.proved = set(range(len(self.ids)))

    @property
    def progress(self) -> int:
        return len(self.proved) + self.fences

    @property
    def ended(self) -> bool:
        return bool(self.ids) and len(self.ids) - 1 in self.proved

    @property
    def all_answered(self) -> bool:
        return self.answers >= self.questions[-1]

    def outcomes(self, whole: bool) -> tuple[PrintOutcome, ...]:
        """`whole`: all bytes left."""
        if self.confirm is Confirm.NONE and whole:
            return (PrintOutcome.UNKNOWABLE,) * len(self.ids)
        proved = self.proved - self.torn
        return tuple(
            PrintOutcome.CONFIRMED if index in proved else PrintOutcome.UNCONFIRMED for index in range(len(self.ids))
        )

    def _proof(self, mark: bytes) -> bytes:
        match self.confirm:
            case Confirm.PROCESS_ID:
                return PROCESS_ID + mark
            case Confirm.FENCE:
                return FENCE
            case Confirm.STATUS | Confirm.NONE:
                return b""
            case _:
                assert_never(self.confirm)

    def _echoed(self, mark: bytes) -> None:
        """Proves that slip only: one before it may have been lost with the printer's power."""
        if mark in self.ids:
            self._prove(self.ids.index(mark))

    def _passed_fence(self) -> None:
        """A fence does not say whose it is, so slips are proved when all have come."""
        self.fences += self.confirm is Confirm.FENCE
        if self.fences == len(self.ids):
            for index in range(len(self.ids)):
                self._prove(index)

    def _prove(self, index: int) -> None:
        self.proved.add(index)
        if self.answers < self.questions[index]:
            self.torn.add(index)
