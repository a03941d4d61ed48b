"""What a printer that was just opened answers at all: the first question it must, the others it may."""

from drivers.escpos.pairing import PRINTER
from drivers.escpos.replies import FIXED_BITS, REGULAR
from drivers.escpos.script import Script
from drivers.escpos.talk import QUESTIONS, Talk
from drivers.escpos.turns import answered, ask_state, odd_answer

ALIKE = 2
"""So often more a printer must give the same odd answer."""


def learn_state(talk: Talk) -> Script[None]:
    """Which questions are answered, in which bits, then the state. Raises DeviceGone, DeviceSilent."""
    if not (yield from answered(talk, PRINTER)):
        yield from _learn_fixed_bits(talk)
    for question in range(PRINTER + 1, len(QUESTIONS)):
        # One that was never answered is given one more chance at each opening, another two.
        given = (yield from answered(talk, question)) or (
            question not in talk.mute and (yield from answered(talk, question))
        )
        (talk.mute.discard if given else talk.mute.add)(question)
    if talk.mute and not (yield from answered(talk, PRINTER)):
        raise talk.silence()
    yield from ask_state(talk)


def _learn_fixed_bits(talk: Talk) -> Script[None]:
    """Where one byte comes for each question it is an answer, whatever it looks like."""
    odd = odd_answer(talk)
    talk.expect(REGULAR if odd is None else odd & FIXED_BITS)
    for _ in range(ALIKE):
        if odd is None or not (yield from answered(talk, PRINTER)) or odd_answer(talk) != odd:
            talk.expect(REGULAR)
            raise talk.silence()
