"""The only writer of what is asked."""

from kiosk.session.passing import Passing, VouchersWithheld
from kiosk.session.questions.state import Questions


def fold(questions: Questions, change: Passing) -> Questions:
    match change:
        case VouchersWithheld(below):
            return Questions(below)
        case _:
            return questions
