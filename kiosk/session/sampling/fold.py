"""The only writer of tubes, the last person, and what was held up lately."""

from dataclasses import replace
from functools import reduce

from kiosk.model import Purpose, Sample, Tube, TubeState, dated
from kiosk.model.changes import Change, ClockSet, SampleTaken, SampleVoided, ScansRefused
from kiosk.session.passing import HeldUp, Passing, PriorShown, SentAway, TubeAged, VoucherBelieved
from kiosk.session.sampling.state import Sampling, Scans
from kiosk.session.tubes_changed import tubes_of


def fold(sampling: Sampling, change: Change) -> Sampling:
    match change:
        case SampleTaken(sample, tube):
            return _with_tube(replace(sampling, last=sample, last_tube=tube), tube)
        case SampleVoided(sample, tube):
            return _with_tube(_without(sampling, sample), tube)
        case ClockSet(boot, offset_ms):
            return _dated(sampling, boot, offset_ms)
        case _:
            return reduce(_with_tube, tubes_of(change), sampling)


def _without(sampling: Sampling, sample: Sample) -> Sampling:
    """Only the last person can be taken back by nobody's name."""
    is_last = sampling.last is not None and sampling.last.seq == sample.seq
    return replace(sampling, last=None, last_tube=None) if is_last else sampling


def _dated(sampling: Sampling, boot: str, offset_ms: int) -> Sampling:
    tubes = (sampling.open, sampling.ready, sampling.single, sampling.last_tube)
    open_tube, ready, single, last_tube = (each and dated(each, boot, offset_ms) for each in tubes)
    last = sampling.last and dated(sampling.last, boot, offset_ms)
    return replace(sampling, open=open_tube, ready=ready, single=single, last=last, last_tube=last_tube)


def _with_tube(sampling: Sampling, tube: Tube) -> Sampling:
    """Keeps `open`, `ready`, `single` and `last_tube` true to the tube's state."""
    last_tube, is_single = sampling.last_tube, tube.purpose is Purpose.SINGLE
    is_open, is_ready = tube.state is TubeState.OPEN, tube.state is TubeState.READY
    return replace(
        sampling,
        open=tube if is_open and not is_single else _unless(sampling.open, tube),
        ready=tube if is_ready and not is_single else _unless(sampling.ready, tube),
        single=tube if is_ready and is_single else _unless(sampling.single, tube),
        last_tube=tube if last_tube is not None and last_tube.id == tube.id else last_tube,
    )


def _unless(held: Tube | None, tube: Tube) -> Tube | None:
    return None if held is not None and held.id == tube.id else held


def fold_scans(scans: Scans, change: Change | Passing) -> Scans:
    match change:
        case HeldUp(key, seen, since_ns):
            fresh = {k: each for k, each in scans.seen.items() if each.mono_ns > since_ns}
            return replace(scans, seen={**fresh, key: seen})
        case SampleTaken(sample, _):
            return replace(scans, reprintable=sample)
        case PriorShown(sample):
            return replace(scans, reprintable=sample)
        case VoucherBelieved(believed):
            return replace(scans, believed=believed)
        case TubeAged(age):
            return replace(scans, age=age)
        case SentAway(reason):
            return replace(scans, sent_away={**scans.sent_away, reason: scans.sent_away.get(reason, 0) + 1})
        case ScansRefused():
            return replace(scans, sent_away={})
        case ClockSet(boot, offset_ms) if scans.reprintable is not None:
            return replace(scans, reprintable=dated(scans.reprintable, boot, offset_ms))
        case SampleVoided(sample) if scans.reprintable is not None and scans.reprintable.seq == sample.seq:
            return replace(scans, reprintable=None)
        case _:
            return scans
