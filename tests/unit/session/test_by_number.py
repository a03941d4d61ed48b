"""A map that is never changed and never copied, beside a dict that is."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.session.by_number import ByNumber

NUMBERS = st.one_of(st.integers(0, 70), st.integers(0, 40_000), st.integers(1_000_000, 40_000_000))
ACTS = st.lists(st.tuples(st.sampled_from(["put", "put", "drop"]), NUMBERS), max_size=120)


@given(acts=ACTS, least=NUMBERS)
def test_it_holds_what_a_dict_holds_in_the_order_of_the_numbers(acts, least):
    ours: ByNumber[str] = ByNumber()
    known: dict[int, str] = {}
    for turn, (act, number) in enumerate(acts):
        before, were = ours, list(ours.since())
        if act == "put":
            ours, known = ours.put(number, f"{turn}"), {**known, number: f"{turn}"}
        else:
            ours = ours.drop(number)
            known.pop(number, None)
        assert list(before.since()) == were, "who holds the one before sees nothing of it"
        assert ours.get(number) == known.get(number)
    assert list(ours.since()) == [known[number] for number in sorted(known)]
    assert list(ours.since(least)) == [known[number] for number in sorted(known) if number >= least]
    assert ours.count_below(least) == sum(number < least for number in known)
    assert len(ours) == len(known)
