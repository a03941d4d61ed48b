"""A late reply of the ID-card module is never another command's answer."""

import pytest

from drivers.id_card.frames import FIND, READ_ADDRESS, READ_BASE, RESET, SELECT, STATUS, Reply
from drivers.id_card.late import Unanswered

NO_CARD, FOUND, SELECTED = Reply(0x80, b""), Reply(0x9F, bytes(4)), Reply(0x90, bytes(8))
BASE, ADDRESS, DONE, FAILED = Reply(0x90, bytes(1284)), Reply(0x90, bytes(70)), Reply(0x90, b""), Reply(0x41, b"")


@pytest.mark.parametrize("reply", [NO_CARD, FOUND, SELECTED, BASE, FAILED])
def test_while_no_answer_is_late_every_reply_answers_the_command(reply):
    assert Unanswered().is_answer(READ_BASE, reply)


@pytest.mark.parametrize(
    ("late", "asked", "others", "own"),
    [
        (READ_BASE, FIND, [BASE, FAILED, SELECTED, DONE], NO_CARD),
        (FIND, SELECT, [FOUND, NO_CARD, FAILED, BASE], SELECTED),
        (FIND, READ_BASE, [FOUND, NO_CARD, SELECTED, ADDRESS], BASE),
        (READ_BASE, STATUS, [BASE, FAILED], DONE),
        (READ_BASE, RESET, [BASE, FAILED], DONE),
        (FIND, READ_ADDRESS, [FOUND, BASE, SELECTED], ADDRESS),
        (FIND, READ_ADDRESS, [FOUND], Reply(0x91, b"")),
    ],
)
def test_behind_a_late_answer_only_a_reply_of_its_shape_answers_a_command(late, asked, others, own):
    unanswered = Unanswered()
    unanswered.add(late)
    assert not [reply for reply in others if unanswered.is_answer(asked, reply)]
    assert unanswered.is_answer(asked, own)
    assert unanswered.is_answer(asked, FAILED)


def test_of_two_looks_the_late_answer_of_the_first_leaves_one_to_come():
    unanswered = Unanswered()
    unanswered.add(FIND)
    assert unanswered.is_answer(FIND, FOUND)
    assert not unanswered.is_answer(SELECT, FOUND)
