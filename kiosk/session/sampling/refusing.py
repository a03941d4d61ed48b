"""A refusal: counted, shown, and not repeated while the same code is held still."""

from collections.abc import Mapping
from types import MappingProxyType

from kiosk.model import Refusal, Sample
from kiosk.model.changes import ScansRefused
from kiosk.model.local_time import local_time
from kiosk.ports import Signal
from kiosk.session.draft import Draft
from kiosk.session.passing import HeldUp, PriorShown, SentAway
from kiosk.session.sampling.state import Seen

SHOWING_NS = 1_500_000_000
"""A code of staff that is read again within this is still the same showing."""
LONGEST_SHOWING_NS = 5_000_000_000
"""What was seen longer ago is not needed by any rule, whatever `same_scan_ns` is."""
REACTION_NS = 250_000_000
"""Nobody has seen an answer that is younger than this."""
NOISE = b""
"""The fingerprint of what has none: two torn frames are two refusals."""


def refuse(
    draft: Draft,
    reason: Refusal,
    key: bytes,
    prior: Sample | None = None,
    printer: str = "",
    about: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """A resident is sent away. Leaves nothing of what was tried; the same refusal of a code held still is shown and
    counted once."""
    draft.drop()
    if not _held_still(draft, reason, key):
        draft.make(SentAway(reason))
        _tell(draft, reason, prior, {"printer": printer} if printer else about)


def tell_staff(draft: Draft, reason: Refusal, key: bytes) -> None:
    """Staff are told why what they asked for was not done; nobody was sent away, so nobody is counted."""
    draft.drop()
    if not _held_still(draft, reason, key):
        _tell(draft, reason, None, {})


def count_sent_away(draft: Draft) -> None:
    """Those who were sent away since the last time are written with what is written now."""
    if draft.state.scans.sent_away:
        draft.make(ScansRefused(tuple(sorted(draft.state.scans.sent_away.items()))))


def seen_lately(draft: Draft, key: bytes) -> Seen | None:
    """Of a resident's code: so long it is one scan."""
    seen = draft.state.scans.seen.get(key)
    return seen if seen is not None and draft.at.mono_ns - seen.mono_ns < draft.state.plan.same_scan_ns else None


def is_one_showing(draft: Draft, key: bytes, window_ns: int, read_ns: int) -> bool:
    """Whether staff still show what they showed: by when it was read, as the engine may come late to either. Whoever
    has not seen yet what came of it, and shows it once more, wants it once."""
    seen = draft.state.scans.seen.get(key)
    return seen is not None and (read_ns - seen.read_ns < window_ns or read_ns - seen.mono_ns < REACTION_NS)


def hold(draft: Draft, key: bytes, refused: Refusal | None, read_ns: int | None = None) -> None:
    """The code is held up now, and this came of it."""
    now = draft.at.mono_ns
    seen = Seen(now, refused, now if read_ns is None else read_ns)
    draft.make(HeldUp(key, seen, now - max(draft.state.plan.same_scan_ns, LONGEST_SHOWING_NS)))


def _held_still(draft: Draft, reason: Refusal, key: bytes) -> bool:
    if key == NOISE:
        return False
    before = seen_lately(draft, key)
    hold(draft, key, reason)
    return before is not None and before.refused is reason


def _tell(draft: Draft, reason: Refusal, prior: Sample | None, about: Mapping[str, str]) -> None:
    if prior is not None:
        draft.make(PriorShown(prior))
        at = local_time(draft.state.plan.zone, prior.at)
        draft.tell(f"refused.{reason}", Signal.REFUSED, number=prior.person.number, at=at)
    else:
        draft.tell(f"refused.{reason}", Signal.REFUSED, **about)
