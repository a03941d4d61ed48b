"""Whatever comes in whatever order: the counts that follow people one by one are those of a count of everybody."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.credentials import staff_codes
from kiosk.engine.inbox import SheetRead
from kiosk.model import ExemptReason, Progress, Sheet, SheetName, StaffAction, Standing, Status, Told
from kiosk.model.queries import ProgressOfAll
from kiosk.model.tables import EXEMPT
from table_bench import STAFF_KEY, Bench, listed, plan_of, resident_number

STAFF = {action: text for text, action in staff_codes(STAFF_KEY).items()}
UNITS = ("1号楼1单元", "1号楼2单元", "2号楼1单元")
SHOWN = st.sampled_from([*(resident_number(n) for n in range(6)), "H" * 40, "G" * 40])
OF_PEOPLE = [
    each
    for each in StaffAction
    if each.startswith(("exempt", "void", "undo", "yes", "same-person", "again", "with-me", "next-unit", "missing"))
]
PERSON = st.tuples(st.integers(0, 5), st.sampled_from(UNITS), st.sampled_from(Status))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("shown"), SHOWN),
        st.tuples(st.just("shown"), SHOWN),
        st.tuples(st.just("made one"), st.tuples(SHOWN, SHOWN)),
        st.tuples(st.just("taken back"), SHOWN),
        st.tuples(st.just("staff"), st.sampled_from(OF_PEOPLE)),
        st.tuples(st.just("list"), st.lists(PERSON, max_size=6, unique_by=lambda each: each[0])),
        st.tuples(st.just("heard"), st.lists(st.integers(0, 5), max_size=3, unique=True)),
        st.tuples(st.just("heard exempt"), st.lists(st.integers(0, 5), max_size=3, unique=True)),
        st.tuples(st.just("rest"), st.none()),
        st.tuples(st.just("restart"), st.none()),
    ),
    max_size=30,
)


def counted(progress: tuple[Progress, ...]) -> dict[str, dict[Standing, int]]:
    return {each.unit: dict(each.counts) for each in progress if each.listed}


def heard(bench: Bench, seq: int, people: list[int], number: int, reason: ExemptReason | None) -> None:
    told = tuple(Told(listed(n, "").key[:16], None if reason else n + 1, None, 0, reason) for n in people)
    bench.engine.take(SheetRead(Sheet(SheetName("b", "e" * 32, number), seq, told)))


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_counts_that_follow_people_are_a_count_of_everybody(tmp_path_factory, steps):  # noqa: C901 - one arm a step
    journal = tmp_path_factory.mktemp("journal") / "journal.sqlite"
    bench = started(journal)
    bench.offer([listed(n, UNITS[n % 3]) for n in range(5)], made_s=0)
    for seq, (kind, what) in enumerate(steps, start=1):
        match kind:
            case "shown":
                bench.scan(what)
            case "made one":
                for code in (STAFF[StaffAction.SAME_PERSON], *what):
                    bench.scan(code)
            case "taken back":
                for code in (STAFF[StaffAction.VOID], what, STAFF[StaffAction.YES]):
                    bench.scan(code)
            case "staff":
                bench.scan(STAFF[what])
            case "list":
                bench.offer([listed(n, unit, status=status) for n, unit, status in what], made_s=seq)
            case "heard":
                heard(bench, seq, what, 0, None)
            case "heard exempt":
                heard(bench, seq, what, EXEMPT, ExemptReason.BEDRIDDEN)
            case "rest":
                bench.finish()
                bench.engine.rest()
            case "restart":
                bench.journal.close()
                bench = started(journal)
    settle(bench)
    assert counted(tuple(bench.state.roster.progress.values())) == counted(bench.look_up(ProgressOfAll()))
    bench.journal.close()


def started(journal: Path) -> Bench:
    bench = Bench(journal, plan_of(pool_size=10)).start()
    bench.finish()
    return bench


def settle(bench: Bench) -> None:
    bench.finish()
    for _ in range(12):
        bench.engine.rest()
    assert bench.state.roster.head is None or bench.state.roster.settled
