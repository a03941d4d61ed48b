"""The only writer of what is asked."""

from dataclasses import replace

from kiosk.model.changes import Change, LossNoted
from kiosk.session.passing import Passing, Proposed, VouchersWithheld
from kiosk.session.questions.state import Questions


def fold(questions: Questions, change: Change | Passing) -> Questions:
    match change:
        case VouchersWithheld(below):
            return replace(questions, withheld_below=below)
        case Proposed(question):
            return replace(questions, proposed=question)
        case LossNoted():
            return replace(questions, loss=None)
        case _:
            return questions
