"""What a printer is asked over time, as scripts: one question a turn, all four where they must fit, pauses between."""

from collections.abc import Callable

from drivers.escpos.pairing import PRINTER
from drivers.escpos.script import Script
from drivers.escpos.talk import ANSWER_S, QUESTIONS, Talk

HEARTBEAT_S = 2.0
"""A quiet printer with ASB is asked this often whether it is still there: pulled power leaves a serial line open."""
TURN_S = 0.1
ASK_S = 0.025
"""From one question to the next where a printer must be asked; and where one that tells by itself does not stop, its
words are read this often."""
TRY_S, TRIAL_S = 3.0, 0.5
"""How often a question that was never answered is tried again, and how long."""
MOST_PAUSES = 8
"""A line that is never quiet is asked all the same."""


def turn(talk: Talk, timeout: float, enough: Callable[[], bool] = lambda: False) -> Script[None]:
    """Listens, then asks what is due, without waiting for the answer. Raises DeviceGone, DeviceSilent."""
    yield from talk.listen(timeout, enough)
    if talk.pairing.on_trial:
        if talk.now > talk.asked_at + TRIAL_S:
            talk.pairing.end_trial()
    elif talk.pairing.open:
        if talk.now - max(talk.asked_at, talk.heard_at, talk.printed_at()) > ANSWER_S:
            raise talk.silence()
    elif _must_ask_all(talk):
        yield from ask_state(talk)
    elif _may_ask(talk) and _is_due(talk):
        yield from _ask_next(talk)


def idle_until(talk: Talk) -> float:
    """When the next turn is due if nothing comes before it."""
    pairing, agenda = talk.pairing, talk.agenda
    if pairing.on_trial:
        return talk.asked_at + TRIAL_S
    if not talk.asb or _must_ask_all(talk):
        return talk.now + ASK_S
    if pairing.open:
        return max(talk.asked_at, talk.heard_at, talk.printed_at()) + ANSWER_S
    asking = talk.now if agenda.next else talk.heard_at + HEARTBEAT_S
    return max(asking, agenda.quiet_until, talk.heard_at + pairing.quiet_s if agenda.careful else 0.0)


def ask_state(talk: Talk) -> Script[None]:
    """Learns the state anew, now. Raises DeviceGone, DeviceSilent."""
    agenda = talk.agenda
    talk.pairing.end_trial()
    yield from _await_answers(talk)
    if agenda.careful or (yield from _ask_all(talk, careful=False)):
        agenda.careful = yield from _ask_all(talk, careful=True)
    agenda.next = len(talk.pairing.asks) if talk.asb else 0
    talk.tell(talk.pairing.state)
    talk.pairing.afresh()


def answered(talk: Talk, question: int, within_s: float = ANSWER_S) -> Script[bool]:
    """Whether it is; else it is forgotten, and so is an answer that comes too late."""
    yield from _ask(talk, question)
    yield from talk.listen(within_s + _undrained_s(talk), lambda: not talk.pairing.open)
    given = not talk.pairing.open
    talk.pairing.open.clear()
    return given


def odd_answer(talk: Talk) -> int | None:
    """The only byte that came after a question, whatever it is."""
    return talk.came[0] if len(talk.came) == 1 else None


def answers(talk: Talk, within_s: float) -> Script[bool]:
    """Whether anything answers."""
    return (yield from answered(talk, PRINTER, within_s)) or odd_answer(talk) is not None


def _must_ask_all(talk: Talk) -> bool:
    """Of four answers some are older than the change, and none may fit: only all four together are a state. Where
    some are missing, automatic status knows better."""
    pairing = talk.pairing
    if pairing.stray and not talk.agenda.careful:
        return True
    return pairing.complete and pairing.state != talk.state and not (talk.asb and pairing.mute)


def _may_ask(talk: Talk) -> bool:
    """Now and then without ASB, always where answers come twice: not before the line was quiet."""
    quiet_since = talk.heard_at if talk.agenda.careful else 0.0
    return talk.now >= max(talk.agenda.quiet_until, quiet_since + talk.pairing.quiet_s)


def _is_due(talk: Talk) -> bool:
    """Always without ASB; with it after two quiet seconds, and once behind a slip, to learn when it answers."""
    if not talk.asb or talk.agenda.next or talk.now - talk.heard_at > HEARTBEAT_S:
        return True
    return talk.batch is not None and not talk.prompt and talk.sent_at < talk.now


def _ask(talk: Talk, question: int) -> Script[None]:
    talk.came = b""
    yield from talk.write(QUESTIONS[question])
    talk.asked(question)


def _ask_all(talk: Talk, careful: bool) -> Script[bool]:
    """Whether something came that answers nothing; `careful`: it came before the question."""
    talk.pairing.afresh()
    for question in talk.pairing.asks:
        if careful:
            yield from _fall_quiet(talk)
        yield from _ask(talk, question)
        yield from _await_answers(talk)
    yield from talk.listen(talk.pairing.quiet_s, lambda: talk.pairing.stray)
    return talk.pairing.stray


def _fall_quiet(talk: Talk) -> Script[None]:
    for _ in range(MOST_PAUSES):
        talk.came = b""
        yield from talk.listen(talk.pairing.quiet_s, lambda: bool(talk.came))
        if not talk.came:
            return


def _ask_next(talk: Talk) -> Script[None]:
    """One question a turn, for ever where there is no ASB; where there is, after all it is switched on again."""
    agenda, asks, mute = talk.agenda, talk.pairing.asks, sorted(talk.pairing.mute)
    if mute and talk.batch is None and talk.now > agenda.tried_at + TRY_S:
        agenda.tried_at = talk.now
        agenda.trials += 1
        yield from _ask(talk, mute[agenda.trials % len(mute)])
        return
    if agenda.next == len(asks) and talk.asb:
        agenda.next = 0
        talk.pairing.afresh()
        if talk.state.ready:
            yield from talk.switch_asb_on()
        return
    if agenda.next % len(asks) == 0 and talk.now > agenda.quiet_at + HEARTBEAT_S:
        agenda.quiet_at, agenda.quiet_until = talk.now, talk.now + talk.pairing.quiet_s
        return
    yield from _ask(talk, asks[agenda.next % len(asks)])
    agenda.next = agenda.next % len(asks) + 1


def _await_answers(talk: Talk) -> Script[None]:
    timeout = ANSWER_S + _undrained_s(talk) if talk.pairing.open else 0
    yield from talk.listen(timeout, lambda: not talk.pairing.open)
    if talk.pairing.open:
        raise talk.silence()


def _undrained_s(talk: Talk) -> float:
    return max(0.0, talk.printed_at() - talk.now)
