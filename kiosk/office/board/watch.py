"""From the broker to the district and its store: the line is kept, and opened again after each break."""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from kiosk.engine.back_off import broker
from kiosk.log import say
from kiosk.messages import Address
from kiosk.office.board.curve import MINUTE_S
from kiosk.office.board.district import KEPT_MIN, District
from kiosk.office.board.figures import Board, added_up
from kiosk.office.board.hearing import NotUnderstoodError, Said, filters, said
from kiosk.office.board.point_page import PointPage, page
from kiosk.office.board.points import Point
from kiosk.office.board.shares import Shares
from kiosk.office.board.store import Store, StoreError, Word
from kiosk.office.broker_line import BrokerAt, BrokerLine, Heard, LineError

TURN_S = 0.2
LONGEST_PAUSE_S = 10
"""Between two tries: few read, and people wait for it."""
KEEP_S = 1.0
MOST_WAITING = 200_000
"""Places of the curve, a point in a minute, that wait for a file that takes nothing; beyond that a point in an hour."""
HOUR_MIN = 60
MOST_STRANGE = 1000
"""Topics on which stood what nobody understands."""


class Watch:
    """One round of a region, as it is heard. `turn` is one thread's; what it shows may be asked from any."""

    def __init__(
        self,
        at: BrokerAt,
        region: str,
        round_id: str,
        points: Mapping[str, Point],
        store: Store,
        now: Callable[[], float],
    ) -> None:
        self.round = round_id
        self.connected = False
        self.why = ""
        """Why it is not."""
        self.changes = 0
        """Grows with each news."""
        self.kept = 0
        """Grows with each writing of the store."""
        self.not_kept = ""
        """Why the store takes nothing: what it is to keep waits, and the board goes on."""
        self._line = BrokerLine(at, filters(region, round_id), qos=1)
        self._store, self._now = store, now
        self._lock = threading.Lock()
        self._district = District(points)
        self._shares = Shares()
        self._strange: dict[str, str] = {}
        self._words: dict[str, Word] = {}
        self._came: dict[tuple[str, int], int] = {}
        self._kept_s = now()
        self._recall(region)

    def _recall(self, region: str) -> None:
        """What an earlier run heard."""
        for word in self._store.words():
            found = self._understood(Heard(word.topic, word.payload, True), word.at_s)
            if found is not None and self._is_asked_for(found.table, region):
                self._district.recall([found])
        since = int(self._now() // MINUTE_S) - KEPT_MIN
        for point, minutes in self._store.since(self.round, since).items():
            self._district.remember(point, minutes)

    def _is_asked_for(self, table: Address, region: str) -> bool:
        return table.round == self.round and region in ("+", table.region)

    def run(self, stopping: threading.Event) -> None:
        """Until then."""
        back_off, opened_s = broker(LONGEST_PAUSE_S), self._now()
        while not stopping.is_set():
            try:
                self._line.open()
                self.connected, self.why, opened_s = True, "", self._now()
                self.changes += 1
                while not stopping.is_set():
                    self.turn()
            except LineError as error:
                served_s = self._now() - opened_s if self.connected else 0.0
                self.connected, self.why = False, str(error)
                self.changes += 1
                self._keep_or_say()
                back_off = back_off.failed(served_s)
                stopping.wait(back_off.pause_s(random.random()))  # noqa: S311 - it spreads, it hides nothing
        self._keep_or_say()
        self._line.close()

    def once(self) -> None:
        """All that stands at the broker. Raises LineError, StoreError."""
        self._line.open()
        self.connected = True
        for turn in self._line.whole():
            for heard in turn:
                self._hear(heard)
        self._line.close()
        self.keep()

    def turn(self) -> None:
        """Raises LineError."""
        for heard in self._line.read(TURN_S):
            self._hear(heard)
        # A clock that was set back must not stop it until that time has come again.
        if not 0 <= self._now() - self._kept_s <= KEEP_S:
            self._keep_or_say()

    def _hear(self, heard: Heard) -> None:
        at_s = self._now()
        found = self._understood(heard, at_s)
        if found is None:
            return
        with self._lock:
            table, came = self._district.hear(found)
            if table is not None:
                self.changes += 1
                self._words[heard.topic] = Word(heard.topic, heard.payload, table.heard_s)
            if came is not None:
                for minute, n in came.minutes.items():
                    place = came.point, minute
                    self._came[place] = self._came.get(place, 0) + n

    def _understood(self, heard: Heard, at_s: float) -> Said | None:
        try:
            found = said(heard, at_s)
            if found is not None and not self._district.has_room(found):
                raise NotUnderstoodError(f"{heard.topic}: more tables of a point, or lives of a table, than can be")
        except NotUnderstoodError as error:
            if len(self._strange) < MOST_STRANGE:
                self._strange[heard.topic] = str(error)
            return None
        self._strange.pop(heard.topic, None)
        return found

    def keep(self) -> None:
        """Writes what is new; what cannot be written waits for the next time. Raises StoreError."""
        with self._lock:
            words, self._words = self._words, {}
            came, self._came = self._came, {}
        self._kept_s = self._now()
        if words or came:
            try:
                self._store.keep(self.round, words.values(), came)
            except StoreError:
                self._wait_with(words, came)
                raise
            self.kept += 1

    def _wait_with(self, words: dict[str, Word], came: dict[tuple[str, int], int]) -> None:
        width = HOUR_MIN if len(came) > MOST_WAITING else 1
        with self._lock:
            self._words = words | self._words
            for (point, minute), n in came.items():
                place = point, minute // width * width
                self._came[place] = self._came.get(place, 0) + n

    def _keep_or_say(self) -> None:
        try:
            self.keep()
            why = ""
        except StoreError as error:
            why = str(error)
        if why != self.not_kept:
            self.changes += 1
            self.not_kept = why
            say("board-not-kept" if why else "board-kept-again", why=why or "all that waited is written")

    def board(self) -> Board:
        with self._lock:
            now_s = self._now()
            shares = self._shares.as_of(self._district, now_s)
            heard_s = self._district.heard_s
            told = added_up(shares, heard_s, self.round, now_s, self.connected, len(self._strange))
            return replace(told, not_kept=self.not_kept)

    def page(self, point: str) -> PointPage | None:
        with self._lock:
            return page(self._district, point, self._now())

    @property
    def strange(self) -> tuple[str, ...]:
        """What stood there that nobody understands: topic and why."""
        return tuple(self._strange.values())
