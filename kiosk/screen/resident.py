"""The resident's screen: what is so for a moment, and what stands between people; pure. decisions: Screens"""

from kiosk.frozen import dataclass
from kiosk.ports import Signal
from kiosk.screen import faces
from kiosk.screen.faces import Kind, Symbol, Tone, in_passing
from kiosk.session import Notice, Show, State
from kiosk.session.view import urgent
from kiosk.texts import Texts

SHOWN_MS = 4000
"""So long what came of a scan is shown; nothing of a person is anywhere on the way to the page after it."""
_TAKEN_BACK = frozenset({"voided", "tube-voided", "undone", "exemption-undone"})


@dataclass(frozen=True, slots=True)
class Face:
    """One screen: a headline, a symbol, a colour, a line. What a face has no use for is empty."""

    tone: Tone
    symbol: Symbol
    headline: str
    line: str
    voice: str
    """The sentence that is spoken with it, by the name of its sound file."""
    name: str = ""
    """Masked."""
    place: str = ""
    """In the tube, as `3/10`."""
    tube: str = ""
    unit: str = ""
    """The unit that is called."""


@dataclass(frozen=True, slots=True)
class ResidentView:
    """`passing` is shown for `for_ms` more, then `resting`; a later view replaces both at once. `since_ms` tells the
    second of two people of one face from the first."""

    resting: Face
    passing: Face | None = None
    for_ms: int = 0
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Passing:
    """What was told to whoever stands there, and when by the monotonic clock."""

    kind: Kind
    notice: Notice
    since_ns: int

    def left_ms(self, now_ns: int) -> int:
        return max(0, SHOWN_MS - (now_ns - self.since_ns) // 1_000_000)


def after(passing: Passing | None, show: Show, at_ns: int) -> Passing | None:
    """Who stands there once this was told. What was accepted is not shown to whoever is refused next, though his face
    be none of ours, nor once it was taken back."""
    kind = in_passing(show)
    if kind is not None:
        return Passing(kind, show.notice, at_ns)
    return None if show.signal is Signal.REFUSED or show.notice.key in _TAKEN_BACK else passing


def resident_view(state: State, passing: Passing | None, now_ns: int, texts: Texts) -> ResidentView:
    """Who is called stands below the invitation until another unit is."""
    resting = _resting(state, texts)
    left_ms = 0 if passing is None else passing.left_ms(now_ns)
    if passing is None or left_ms == 0:
        return ResidentView(resting)
    passed = face(passing.kind, passing.notice, texts)
    return ResidentView(resting, passed, left_ms, passing.since_ns // 1_000_000)


def farewell(texts: Texts) -> ResidentView:
    """The kiosk stops in good order."""
    return ResidentView(face(faces.CLOSED, Notice(""), texts))


def face(kind: Kind, notice: Notice, texts: Texts) -> Face:
    """In words, with what the notice says of the person."""
    values = dict(notice.values)
    place = f"{values['position']}/{values['capacity']}" if "position" in values and "capacity" in values else ""
    return Face(
        kind.tone,
        kind.symbol,
        texts.say(f"screen.head.{kind.words}"),
        texts.say(f"screen.line.{kind.words}", **values),
        kind.words,
        values.get("name", ""),
        place,
        values.get("tube", "") if place else "",
        values.get("unit", ""),
    )


def _resting(state: State, texts: Texts) -> Face:
    pressed = urgent(state)
    if pressed is not None:
        return face(faces.in_the_way(pressed), pressed, texts)
    called = () if state.roster.called is None else (("unit", state.roster.called),)
    return face(faces.READY, Notice("ready", called), texts)
