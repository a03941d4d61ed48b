"""From a line that was just opened to the top of an empty slip, whatever the last life left in the printer."""

from escpos.constants import ESC

from drivers.dialogue import Rest
from drivers.escpos.batch import Batch, Confirm
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.learning import learn_state
from drivers.escpos.script import Script, Write
from drivers.escpos.talk import ANSWER_S, Talk
from drivers.escpos.turns import TURN_S, answers, turn
from kiosk.ports import DeviceSilent

CLEAR_LINE = ESC + b"@"
FLOOD = 100_000
"""Bytes. A command whose length was cut off may swallow this many: three for each of 32 K columns."""
BLIND_FLOOD = 33_000
"""The same for a one-way printer, to which nobody can tell when it is enough: the length of a QR code's data."""
FLOOD_ANSWER_S = 0.3


def opening(talk: Talk, encoder: SlipEncoder, confirm: Confirm, interrupted: bool, patience_s: float) -> Script[None]:
    """Raises DeviceGone, DeviceSilent."""
    talk.begin()
    yield from talk.write(encoder.fill)
    one_way = confirm is Confirm.NONE
    if one_way and (interrupted or talk.tail_in_doubt):
        yield from _flood_blindly(talk, patience_s)
    elif interrupted:
        yield from _flood(talk, patience_s)
    # A one-way printer never tells that a slip lost its tail.
    yield from talk.write(CLEAR_LINE + (encoder.part if interrupted or one_way else b""))
    if one_way:
        return
    yield from _get_to_know(talk)
    if interrupted and confirm is Confirm.FENCE:
        yield from _let_old_fences_pass(talk, patience_s)


def resuming(talk: Talk, confirm: Confirm) -> Script[None]:
    """On a new line to a printer that lived on, at the top of an empty slip. Raises DeviceGone, DeviceSilent."""
    talk.begin()
    if confirm is not Confirm.NONE:
        yield from _get_to_know(talk)


def _get_to_know(talk: Talk) -> Script[None]:
    yield from learn_state(talk)
    if not talk.odd:
        yield from talk.switch_asb_on()


def _flood(talk: Talk, patience_s: float) -> Script[None]:
    """Feeds a command that swallows everything until it has had enough. Raises DeviceSilent if it never has."""
    fed, portion = 0, _portion(talk.byte_s)
    while not (yield from answers(talk, FLOOD_ANSWER_S if fed and talk.byte_s else ANSWER_S)):
        if fed >= FLOOD:
            raise DeviceSilent(f"printer {talk.name}: no answer after a slip that was cut off")
        yield from _feed(talk, portion, patience_s)
        fed += portion
    yield from talk.listen(FLOOD_ANSWER_S if fed else 0)


def _flood_blindly(talk: Talk, patience_s: float) -> Script[None]:
    """A one-way printer never tells whether it waits for the rest of a command."""
    portion = _portion(talk.byte_s)
    for _ in range(0, BLIND_FLOOD, portion):
        yield from _feed(talk, portion, patience_s)
    talk.tail_in_doubt = False


def _portion(byte_s: float) -> int:
    """Bytes of one second on a slow line; on a fast one what a torn QR code swallows."""
    return min(BLIND_FLOOD, int(1 / byte_s)) if byte_s else BLIND_FLOOD


def _feed(talk: Talk, size: int, patience_s: float) -> Script[None]:
    """Nothing is heard meanwhile: the answer to the next question must be the newest."""
    yield Write(bytes(size), patience_s)
    yield Rest(talk.drained_at)


def _let_old_fences_pass(talk: Talk, patience_s: float) -> Script[None]:
    """A fence does not say whose it is: those of slips still in the printer must not prove a new one."""
    old = talk.batch = Batch([], Confirm.FENCE, lambda _: None)
    passed, end = 0, talk.now + patience_s
    try:
        while talk.now < end and talk.state.ready:
            yield from turn(talk, TURN_S, lambda seen=passed: old.fences > seen)  # type: ignore[misc]
            if old.fences > passed:
                passed, end = old.fences, talk.now + patience_s
    finally:
        talk.batch = None
    if not talk.state.ready:
        raise DeviceSilent(f"printer {talk.name}: stopped while old slips were coming out")
