"""Who starts each reading of a serial scanner, and when its silence means something; pure."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from drivers.dialogue import Dialogue, Listen, Send
from drivers.scan_frames import OPENING_S, TooLong, Torn
from drivers.serial_scanner.language import Code, Event, Language, NoRead
from drivers.serial_scanner.orders import Answer
from kiosk.frozen import dataclass

ORDER_GAP_S = 0.05
"""Newland wants this long a pause between two orders; it does the others no harm."""
STARTING_S = 3.0
"""To open its port restarts many a scanner, which may then say what it is, in some lines."""
AT_ONCE_S = 0.1
"""Nobody holds up two codes so soon one after the other."""
ANSWER_S = 5.0
"""A scanner that answers orders does so within this time."""


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The scanner does not read when it is told to."""

    why: str


Found = Code | TooLong | Torn


class Conversation:
    """With one scanner since it was opened. With `rearm_s` the host starts each reading, again after so many seconds
    without a code."""

    def __init__(self, language: Language, rearm_s: float | None) -> None:
        self._language = language
        self._orders = language.orders if rearm_s is not None else None
        self._rearm_s = rearm_s or 0.0
        self._found: deque[Found] = deque()
        self._now_s = 0.0
        self._arm_s = self._starting_until_s = float("-inf")
        self._answer_by_s: float | None = None

    @property
    def last_word(self) -> bytes:
        """What puts out the scanner's light, if the host has lit it."""
        return b"" if self._orders is None else self._orders.stop

    def open(self, now_s: float) -> Dialogue[NotTaken | None]:
        """Starts the first reading; ends when the scanner has taken the order, if it is one that says so, and no code
        is under way whose beginning is lost."""
        self._now_s = now_s
        yield from self._settle()
        yield from self._arm()
        while self._answer_by_s is not None:
            in_vain = yield from self._turn(float("inf"))
            if in_vain is not None:
                return in_vain
        return None

    def read(self, now_s: float, end_s: float) -> Dialogue[Found | NotTaken | None]:
        """The next code. One that has begun is waited for beyond the end."""
        self._now_s = now_s
        while not self._found and self._now_s < end_s:
            in_vain = yield from self._turn(end_s)
            if in_vain is None and self._found and self._now_s < self._starting_until_s:
                in_vain = yield from self._gather(0)
            if in_vain is not None:
                return in_vain
        return self._found.popleft() if self._found else None

    def _settle(self) -> Dialogue[None]:
        """Until the code in which the line may have been opened has ended, or none is under way."""
        language, latest_s = self._language, self._now_s + OPENING_S
        self._starting_until_s = self._now_s + STARTING_S
        quiet_s = language.opened(self._now_s)
        until_s = self._now_s + quiet_s
        while language.amid and self._now_s < latest_s:
            heard = yield Listen(min(until_s, latest_s))
            self._now_s = heard.now_s
            if heard.data:
                yield from self._hear_out(language.feed(heard.data, heard.now_s))
                if not language.amid:
                    yield from self._gather(1)
            elif self._now_s >= until_s:
                yield from self._hear_out(language.fallen_silent(heard.now_s))
                until_s = self._now_s + quiet_s
            if language.patience is not None:
                until_s = self._now_s + language.patience

    def _hear_out(self, events: Iterator[Event]) -> Dialogue[None]:
        """What was under way is nobody's: nobody has been told yet that the scanner is there. Answers are to whoever
        had the line before."""
        yield from self._take(each for each in events if not isinstance(each, Answer | Torn | TooLong))

    def _gather(self, ended: int) -> Dialogue[NotTaken | None]:
        """Marks what comes at once, one behind the other, as long as the scanner may be starting. `ended`: so many
        lines before what was found."""
        language, until_s = self._language, self._now_s + AT_ONCE_S
        while self._now_s < min(until_s, self._starting_until_s):
            silent_s = self._now_s + (language.patience or float("inf"))
            heard = yield Listen(min(until_s, silent_s))
            self._now_s, come = heard.now_s, len(self._found)
            if heard.data:
                events = language.feed(heard.data, heard.now_s)
            elif self._now_s >= silent_s:
                events = language.fallen_silent(heard.now_s)
            else:
                break
            in_vain = yield from self._take(events)
            if in_vain is not None:
                return in_vain
            # Stray bytes keep nobody waiting.
            if len(self._found) > come or language.patience is not None:
                until_s = self._now_s + AT_ONCE_S
        if ended + len(self._found) > 1:
            self._found = deque(replace(each, at_once=True) if isinstance(each, Code) else each for each in self._found)
        return None

    def _turn(self, end_s: float) -> Dialogue[NotTaken | None]:
        if self._answer_by_s is not None and self._now_s >= self._answer_by_s:
            return NotTaken(f"no answer to the order to read within {ANSWER_S:g} s")
        yield from self._arm()
        patience = self._language.patience
        until_s = min(end_s, self._next_order_s()) if patience is None else self._now_s + patience
        heard = yield Listen(until_s)
        self._now_s = heard.now_s
        if heard.data:
            return (yield from self._take(self._language.feed(heard.data, heard.now_s)))
        if patience is not None:
            return (yield from self._take(self._language.fallen_silent(heard.now_s)))
        return None

    def _arm(self) -> Dialogue[None]:
        """Starts a reading where none runs."""
        if self._orders is None or self._language.patience is not None or self._now_s < self._arm_s:
            return
        yield from self._send(self._orders.start)
        self._arm_s = self._now_s + self._rearm_s
        if self._orders.answers and self._answer_by_s is None:
            self._answer_by_s = self._now_s + ANSWER_S

    def _next_order_s(self) -> float:
        if self._orders is None:
            return float("inf")
        return self._arm_s if self._answer_by_s is None else min(self._arm_s, self._answer_by_s)

    def _send(self, data: bytes) -> Dialogue[None]:
        heard = yield Send(data)
        self._now_s = heard.now_s

    def _take(self, events: Iterator[Event]) -> Dialogue[NotTaken | None]:
        for event in events:
            match event:
                case Code() | TooLong() | Torn():
                    self._answer_by_s = None
                    self._arm_s = self._now_s + ORDER_GAP_S
                    self._found.append(event)
                case NoRead():
                    self._arm_s = self._now_s + ORDER_GAP_S
                case Send(data):
                    yield from self._send(data)
                case Answer(taken):
                    self._answer_by_s = None
                    if not taken:
                        return NotTaken("it refuses the order to read; set it to the trigger mode of the host")
                case _:
                    assert_never(event)
        return None
