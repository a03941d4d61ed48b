"""Which round is held just now, as the tables say."""

import time
from collections.abc import Callable, Iterable

from kiosk.messages import Address
from kiosk.office.board.hearing import NotUnderstoodError, said
from kiosk.office.board.store import Word
from kiosk.office.board.tables import FORWARD_S
from kiosk.office.broker_line import BrokerAt, BrokerLine


def latest(at: BrokerAt, region: str, now: Callable[[], float] = time.time) -> str | None:
    """The one of which a status was said last, by clocks that are not ahead of ours; None if nobody ever spoke. Raises
    LineError."""
    line = BrokerLine(at, (f"sampling/v1/{region}/+/+/+/status",))
    line.open()
    latest_ms = (now() + FORWARD_S) * 1000
    newest: tuple[int, str] | None = None
    for turn in line.whole():
        for heard in turn:
            try:
                found = said(heard, 0)
            except NotUnderstoodError:
                continue
            if found is not None:
                # A clock that is ahead says nothing of when: one table's must not choose the round for all.
                at_ms = found.body.ts or 0
                newest = max(newest or (-1, ""), (at_ms if at_ms <= latest_ms else 0, found.table.round))
    line.close()
    return None if newest is None else newest[1]


def last_kept(words: Iterable[Word]) -> str | None:
    """Of what a board has kept, the round of whatever was heard last; None if it has kept nothing."""
    latest = max(words, key=lambda word: word.at_s, default=None)
    found = None if latest is None else Address.parted(latest.topic)
    return None if found is None else found[0].round
