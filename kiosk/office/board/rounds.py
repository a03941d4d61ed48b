"""Which round is held just now, as the tables say."""

from kiosk.office.board.hearing import NotUnderstoodError, said
from kiosk.office.broker_line import BrokerAt, BrokerLine

TURN_S = 0.2


def latest(at: BrokerAt, region: str) -> str | None:
    """The one of which a status was said last; None if nobody ever spoke. Raises LineError."""
    line = BrokerLine(at, (f"sampling/v1/{region}/+/+/+/status",))
    line.open()
    newest: tuple[int, str] | None = None
    while not line.is_whole:
        for heard in line.read(TURN_S):
            try:
                found = said(heard, 0)
            except NotUnderstoodError:
                continue
            if found is not None:
                newest = max(newest or (-1, ""), (found.body.ts or 0, found.table.round))
    line.close()
    return None if newest is None else newest[1]
