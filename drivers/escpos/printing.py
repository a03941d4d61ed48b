"""From a batch's bytes to what has become of its slips."""

from math import inf

from drivers.escpos.batch import Batch
from drivers.escpos.script import Leave, Script, Write
from drivers.escpos.talk import ANSWER_S, Talk
from drivers.escpos.turns import TURN_S, ask_state, turn
from kiosk.ports import DeviceError, DeviceGone

HUMAN_S = 60.0
"""A printer that asks for a human is waited for so long."""
SLOWEST_ROWS_S = 50 * 8
"""Dot rows a second of the slowest head, 50 mm/s."""
LEAVING_S = 0.25
"""How often it is looked whether more of a slip has left."""
REST_S = 0.05
"""How long the rest of a batch is offered to a line that has taken a part of it."""


def sending(talk: Talk, batch: Batch, data: bytes, patience_s: float) -> Script[bool]:
    """True if all bytes left. Raises DeviceGone only before the first one did."""
    talk.sent_at = inf
    for _ in range(batch.questions[-1]):
        talk.asked(talk.mixed_in)
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
    talk.sent_at = talk.now
    return sent == len(data)


def leaving(talk: Talk, patience_s: float) -> Script[bool]:
    """All that can be known of a one-way printer: whether every byte is in the far end's hands."""
    left, end = 0, talk.now + patience_s
    while talk.now < end:
        try:
            moment = yield Leave(min(end, talk.now + LEAVING_S))
        except DeviceGone:
            return False
        if not moment.pending:
            return True
        if moment.pending < left or not left:
            left, end = moment.pending, talk.now + patience_s
    return False


def proving(talk: Talk, batch: Batch, rows: int, patience_s: float) -> Script[None]:
    """Waits for the proofs, for each slip anew; longer while the printer says that it waits for a human."""
    patience_s = max(patience_s, rows / SLOWEST_ROWS_S + ANSWER_S)
    begun = max(talk.now, talk.drained_at)
    progress, end, latest = 0, begun + patience_s, begun + patience_s + HUMAN_S
    while not batch.ended and talk.now < min(end, latest):
        try:
            yield from turn(talk, TURN_S, lambda seen=progress: batch.progress > seen)  # type: ignore[misc]
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
            yield from turn(talk, TURN_S)
            if not talk.state.ready:
                end = talk.now + takes
        yield from ask_state(talk)
    except DeviceError:
        batch.alive = False
        return
    if talk.state.ready and not batch.torn and batch.all_answered:
        batch.all_came_out()
