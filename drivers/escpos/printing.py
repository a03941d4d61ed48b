"""From a batch's bytes to what has become of its slips."""

from drivers.escpos.batch import Batch
from drivers.escpos.script import Script, Write
from drivers.escpos.talk import ANSWER_S, TURN_S, Talk
from kiosk.ports import DeviceError, DeviceGone

HUMAN_S = 60.0
"""A printer that asks for a human is waited for so long."""
SLOWEST_ROWS_S = 50 * 8
"""Dot rows a second of the slowest head, 50 mm/s."""
REST_S = 0.05
"""How long the rest of a batch is offered to a line that has taken a part of it."""
PAPER = 3
"""Which question a slip is mixed with."""


def sending(talk: Talk, batch: Batch, data: bytes, patience_s: float) -> Script[bool]:
    """True if all bytes left. Raises DeviceGone only before the first one did."""
    for _ in range(batch.questions[-1]):
        talk.asked(PAPER)
    sent = (yield Write(data, patience_s)).taken
    end = talk.now + patience_s
    while sent < len(data) and talk.now < end:
        try:
            yield from talk.listen(REST_S)
            taken = (yield Write(data[sent:], REST_S)).taken
        except DeviceGone:
            return False
        sent += taken
        if taken or not talk.state.ready:
            end = max(end, talk.now + patience_s)
    return sent == len(data)


def proving(talk: Talk, batch: Batch, patience_s: float) -> Script[None]:
    """Waits for the proofs, for each slip anew; longer while the printer says that it waits for a human."""
    begun = max(talk.now, talk.drained_at)
    progress, end, latest = 0, begun + patience_s, begun + HUMAN_S
    while not batch.ended and talk.now < min(end, latest):
        try:
            yield from talk.turn(TURN_S, lambda seen=progress: batch.progress > seen)  # type: ignore[misc]
        except DeviceError:
            batch.alive = False
            return
        if batch.progress > progress or not talk.state.ready:
            progress, end = batch.progress, max(end, talk.now + patience_s)


def watching(talk: Talk, batch: Batch, rows: int) -> Script[None]:
    """Asks again and again until so many rows of paper must have come out, anew after each pause of the printer's. A
    fault that tears or one question without an answer, and nobody knows which slip it met."""
    begun, takes = max(talk.now, talk.drained_at), rows / SLOWEST_ROWS_S + ANSWER_S
    end, latest = begun + takes, begun + takes + HUMAN_S
    try:
        while talk.now < min(end, latest) and not batch.torn:
            yield from talk.turn(TURN_S)
            if not talk.state.ready:
                end = talk.now + takes
        yield from talk.ask_state()
    except DeviceError:
        batch.alive = False
        return
    if talk.state.ready and not batch.torn and batch.all_answered:
        batch.all_came_out()
