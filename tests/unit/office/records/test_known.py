"""Which records are missing is known whatever comes twice, late or in another order."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.messages import Address, Counts
from kiosk.messages.tubes import Tube
from kiosk.office.records.known import Known, stretches

TABLE = Address("cn", "r1", "wy-0352", "a")
STAMP = {"boot": "b", "mono_ms": 1, "ts": None, "clock_trusted": False}
WHERE = {"region": "cn", "round": "r1", "point": "wy-0352", "kiosk": "a"}


def counts(epoch: str, records: int) -> Counts:
    figures = dict.fromkeys(("samples", "tubes", "labels", "vouchers", "voided", "exempt"), 0)
    own = {"point": "wy-0352", "kiosk": "a", "round": "r1"}
    return Counts(**STAMP, **own, **figures, epoch=epoch, seq=records, refused={}, records=records)  # type: ignore[arg-type]


def record(first: str | None, n: int | None) -> Tube:
    about = {"code": f"{n}", "state": "sealed", "purpose": "pool", "capacity": 10, "opened": None, "members": []}
    return Tube(**STAMP, **WHERE, **about, epoch="e9", seq=1, first=first, n=n)  # type: ignore[arg-type]


def missing(known: Known) -> dict[str, tuple[tuple[int, int], ...]]:
    return {epoch: ranges for _, epoch, ranges in known.missing()}


@given(st.sets(st.integers(1, 40)), st.lists(st.integers(0, 40), min_size=1), st.randoms())
def test_what_did_not_come_is_missing_in_any_order(came, counted, chance):
    known = Known()
    said = [("record", n) for n in came] * 2 + [("counts", n) for n in counted]
    chance.shuffle(said)
    for kind, n in said:
        if kind == "record":
            known.come(record("e1", n))
        else:
            known.count(TABLE, counts("e1", n))
    lacking = {n for first, last in missing(known).get("e1", ()) for n in range(first, last + 1)}
    assert lacking == set(range(1, max(counted) + 1)) - came


def test_lives_are_told_apart_and_what_has_no_number_is_no_matter():
    known = Known()
    known.count(TABLE, counts("e1", 3))
    known.count(TABLE, counts("e2", 2))
    for n in (1, 2):
        known.come(record("e1", n))
    known.come(record(None, None))
    assert missing(known) == {"e1": ((3, 3),), "e2": ((1, 2),)}


def test_stretches():
    assert list(stretches([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
    assert list(stretches([])) == []
