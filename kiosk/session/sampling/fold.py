"""The only writer of tubes, the last person, and what was held up lately."""

from dataclasses import replace

from kiosk.model import Sample, Tube, TubeState
from kiosk.model.changes import (
    Change,
    ClockSet,
    SampleTaken,
    SampleVoided,
    ScansRefused,
    TubeAllotted,
    TubeBound,
    TubeOpened,
    TubePutAside,
    TubeSealed,
    TubeTakenUp,
)
from kiosk.session.passing import HeldUp, Passing, PriorShown, SentAway
from kiosk.session.sampling.state import Sampling, Scans, Seen


def fold(sampling: Sampling, change: Change) -> Sampling:
    match change:
        case SampleTaken(sample, tube):
            return _with_tube(replace(sampling, last=sample, last_tube=tube), tube)
        case SampleVoided(_, tube):
            return _with_tube(replace(sampling, last=None, last_tube=None), tube)
        case (
            TubeAllotted(tube)
            | TubeOpened(tube)
            | TubePutAside(tube)
            | TubeTakenUp(tube)
            | TubeBound(tube)
            | TubeSealed(tube)
        ):
            return _with_tube(sampling, tube)
        case ClockSet(boot, offset_ms):
            return _dated(sampling, boot, offset_ms)
        case _:
            return sampling


def _dated(sampling: Sampling, boot: str, offset_ms: int) -> Sampling:
    tubes = (sampling.open, sampling.ready, sampling.last_tube)
    open_tube, ready, last_tube = (each and _dated_tube(each, boot, offset_ms) for each in tubes)
    last = sampling.last and _dated_sample(sampling.last, boot, offset_ms)
    return replace(sampling, open=open_tube, ready=ready, last=last, last_tube=last_tube)


def _dated_tube(tube: Tube, boot: str, offset_ms: int) -> Tube:
    return replace(tube, at=tube.at.corrected(boot, offset_ms))


def _dated_sample(sample: Sample, boot: str, offset_ms: int) -> Sample:
    return replace(sample, at=sample.at.corrected(boot, offset_ms))


def _with_tube(sampling: Sampling, tube: Tube) -> Sampling:
    """Keeps `open`, `ready` and `last_tube` true to the tube's state."""
    last_tube = sampling.last_tube
    return replace(
        sampling,
        open=tube if tube.state is TubeState.OPEN else _unless(sampling.open, tube),
        ready=tube if tube.state is TubeState.READY else _unless(sampling.ready, tube),
        last_tube=tube if last_tube is not None and last_tube.id == tube.id else last_tube,
    )


def _unless(held: Tube | None, tube: Tube) -> Tube | None:
    return None if held is not None and held.id == tube.id else held


def fold_scans(scans: Scans, change: Change | Passing) -> Scans:
    match change:
        case HeldUp(key, mono_ns, refused, since_ns):
            fresh = {k: seen for k, seen in scans.seen.items() if seen.mono_ns > since_ns}
            return replace(scans, seen={**fresh, key: Seen(mono_ns, refused)})
        case SampleTaken(sample, _):
            return replace(scans, reprintable=sample)
        case PriorShown(sample):
            return replace(scans, reprintable=sample)
        case SentAway(reason):
            return replace(scans, sent_away={**scans.sent_away, reason: scans.sent_away.get(reason, 0) + 1})
        case ScansRefused():
            return replace(scans, sent_away={})
        case ClockSet(boot, offset_ms) if scans.reprintable is not None:
            return replace(scans, reprintable=_dated_sample(scans.reprintable, boot, offset_ms))
        case SampleVoided():
            return replace(scans, reprintable=None)
        case _:
            return scans
