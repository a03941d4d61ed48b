"""The authority is told who is in a tube: once nobody goes into it any more, and again when that changes."""

import json
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.credentials.sealing import Authority, opened
from kiosk.engine.engine import Secrets
from kiosk.engine.inbox import AskRead
from kiosk.journal import Journal
from kiosk.journal.purging import purge
from kiosk.messages import Address
from kiosk.model.records import Ask
from table_bench import ROUND_KEY, resident_number

KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PLACE = "cn/r1/wy-0352/a"


@pytest.fixture
def table(make_bench):
    bench = make_bench(pool_size=2, records=True)
    bench.engine._secrets = Secrets(ROUND_KEY, Authority(KEY.public_key().public_bytes_raw(), PLACE))  # noqa: SLF001
    bench.journal.keys(b"round", b"voucher", PLACE)
    bench.start()
    bench.finish()
    return bench


def serve(bench, *people):
    for person in people:
        bench.scan(resident_number(person))
        bench.finish()


def records(bench):
    """Place and number of each member, by the tube's code and state, in the order in which they were told."""
    told = [json.loads(each.payload) for each in bench.published if "/tubes/" in each.topic]
    return [(each["code"], each["state"], _members(each)) for each in told]


def _members(record):
    found = {each["place"]: b64decode(each["sealed"]) for each in record["members"]}
    return {place: opened(sealed, KEY.private_bytes_raw(), PLACE).number for place, sealed in found.items()}


FULL = {1: resident_number(1), 2: resident_number(2)}


def test_a_full_tube_is_told_of_with_the_next_person(table):
    serve(table, 1, 2)
    assert records(table) == []
    serve(table, 3)
    assert records(table) == [("035200000104", "sealed", FULL)]
    serve(table, 4)
    assert len(records(table)) == 1


def test_in_a_long_pause_nobody_is_waited_for(table):
    serve(table, 1, 2)
    table.engine.rest()
    assert records(table) == []
    table.seconds += 11
    table.engine.rest()
    table.engine.rest()
    assert records(table) == [("035200000104", "sealed", FULL)]


def test_a_void_a_box_and_the_driver_make_it_anew(table, staff):
    serve(table, 1, 2, 3)
    for code in (staff["void"], resident_number(1), staff["yes"]):
        table.scan(code)
    table.finish()
    serve(table, 4)
    assert records(table)[-1] == ("035200000104", "sealed", {2: resident_number(2)})
    for code in (staff["box"], "035200000104", staff["box-close"], staff["yes"], staff["hand-over"], staff["yes"]):
        table.scan(code)
        table.finish()
    table.seconds += 11
    for _ in range(3):
        table.engine.rest()
    assert ("035200000104", "handed-over", {2: resident_number(2)}) in records(table)


def test_a_code_whose_people_have_another_names_nobody_any_more(table, staff):
    serve(table, 1, 2, 3, 4)
    for code in (staff["move"], "035200000104", staff["yes"]):
        table.scan(code)
    assert records(table)[-1] == ("035200000104", "void", {})
    table.finish()
    serve(table, 5, 6)
    assert ("035200000492", "sealed", FULL) in records(table)


def test_a_tube_that_the_last_one_left_names_nobody_any_more(table, staff):
    table.scan(staff["pool-1"])
    table.finish()
    serve(table, 1)
    table.seconds += 11
    table.engine.rest()
    (code, state, members), *_ = records(table)
    assert (state, members) == ("sealed", {1: resident_number(1)})
    table.scan(staff["void-last"])
    assert records(table)[-1] == (code, "open", {})


def test_a_pulled_plug_between_the_tube_and_its_record_loses_none(table, make_bench):
    serve(table, 1, 2)
    table.journal.abandon()
    again = make_bench(pool_size=2, records=True).start()
    again.seconds = table.seconds + 11
    again.engine.rest()
    assert records(again) == [("035200000104", "sealed", FULL)]


def test_what_was_sealed_last_in_a_round_is_told_under_it_though_another_has_begun(table, make_bench):
    serve(table, 1, 2, 3)
    table.journal.abandon()
    again = make_bench(pool_size=2, records=True, round_id="r2").start()
    again.seconds = table.seconds + 11
    for _ in range(3):
        again.engine.rest()
    open_till_then = ("035200000298", "sealed", {1: resident_number(3)})
    assert records(again)[-1] == open_till_then
    assert again.published[-1].topic == "sampling/v1/cn/r1/wy-0352/a/tubes/035200000298"


def test_it_is_told_under_the_point_where_it_was_held_though_the_kiosk_stands_elsewhere(table, make_bench):
    serve(table, 1, 2, 3)
    table.journal.abandon()
    elsewhere = Address("cn", "r2", "wy-0400", "b")
    for _ in range(2):
        again = make_bench(pool_size=2, records=True, round_id="r2", address=elsewhere).start()
    again.seconds = table.seconds + 11
    for _ in range(3):
        again.engine.rest()
    told = json.loads(again.published[-1].payload)
    place = "/".join(told[part] for part in ("region", "round", "point", "kiosk"))
    assert (place, again.published[-1].topic) == (PLACE, "sampling/v1/cn/r1/wy-0352/a/tubes/035200000298")


def test_a_box_that_goes_after_its_people_were_forgotten_does_not_unsay_who_they_were(table, make_bench, staff):
    serve(table, 1, 2, 3)
    for code in (staff["box"], "035200000104", staff["box-close"], staff["yes"]):
        table.scan(code)
    table.seconds += 11
    for _ in range(3):
        table.engine.rest()
    table.journal.close()
    assert purge(table.path, "r2", 0, None, ("r1",), anyway=True).rounds == ("r1",)
    later = make_bench(pool_size=2, records=True, round_id="r2", address=Address("cn", "r2", "wy-0352", "a")).start()
    later.finish()
    later.scan(staff["hand-over"])
    assert later.scan(staff["yes"])[1] == "handed-over"
    later.seconds += 11
    for _ in range(3):
        later.engine.rest()
    assert [each.topic for each in later.published if each.topic.endswith("/tubes/035200000104")] == []


def test_of_tubes_that_were_filled_without_a_key_nothing_is_told_when_there_is_one(make_bench):
    before = make_bench(pool_size=2).start()
    serve(before, 1, 2)
    before.journal.abandon()
    again = make_bench(pool_size=2, records=True, round_id="r2")
    again.journal.keys(b"round", b"voucher")
    again.start()
    again.seconds = before.seconds + 11
    again.engine.rest()
    assert records(again) == []


def test_with_whom_somebody_came_is_told_beside_the_bearers_identity(table, staff):
    serve(table, 1)
    table.scan(staff["with-me"])
    serve(table, 1, 3)
    (record,) = [json.loads(each.payload) for each in table.published if "/tubes/" in each.topic]
    assert [each["beside"] for each in record["members"]] == [None, 1]
    assert _members(record) == {1: resident_number(1), 2: resident_number(1)}


def test_without_an_authority_nobodys_identity_is_kept(make_bench):
    bench = make_bench(pool_size=1).start()
    serve(bench, 1, 2)
    bench.seconds += 11
    bench.engine.rest()
    assert records(bench) == []
    assert bench.journal._db.execute("SELECT count(sealed) FROM samples").fetchone() == (0,)  # noqa: SLF001


def test_nothing_of_it_is_in_clear_on_the_disk(table, tmp_path):
    serve(table, 1, 2, 3)
    table.journal.abandon()
    found = b"".join(file.read_bytes() for file in tmp_path.rglob("journal*"))
    assert len(found) > 50_000
    assert not any(resident_number(person).encode() in found for person in (1, 2, 3))


def numbered(bench):
    """Code, first life and number of each record, in the order in which they were told."""
    told = [json.loads(each.payload) for each in bench.published if "/tubes/" in each.topic]
    return [(each["code"], each["first"], each["n"]) for each in told]


def paused(bench):
    bench.seconds += 11
    for _ in range(4):
        bench.engine.rest()


def test_each_record_has_a_number_in_its_life_and_keeps_it_and_the_counts_say_how_many(table, staff):
    serve(table, 1, 2, 3, 4)
    paused(table)
    for code in (staff["void"], resident_number(1), staff["yes"]):
        table.scan(code)
    table.finish()
    paused(table)
    epoch = table.state.counters.epoch
    assert [(first, n) for _, first, n in numbered(table)] == [(epoch, 1), (epoch, 2), (epoch, 1)]
    counts = [json.loads(each.payload) for each in table.published if "/counts/" in each.topic][-1]
    assert (counts["records"], counts["epoch"]) == (2, epoch)
    table.journal.abandon()
    (table.path.parent / "journal.mark").unlink()
    with Journal(table.path, "r1") as journal:
        known = journal.restore("0352").counters
    assert (known.totals.records, known.totals.since(known.begun).records) == (2, 0), "another life counts from none"


def test_what_the_collector_lacks_is_told_again_once_and_it_is_answered(table):
    serve(table, 1, 2, 3, 4, 5, 6)
    paused(table)
    assert len(numbered(table)) == 3
    ask = Ask("a1", table.state.counters.epoch, ((2, 2), (9, 12)))
    for _ in range(3):
        table.engine.take(AskRead(ask))
        paused(table)
    assert [n for _, _, n in numbered(table)] == [1, 2, 3, 2]
    answers = [json.loads(each.payload) for each in table.published if each.topic.endswith("/answer")]
    assert [(each["asked"], each["known"]) for each in answers] == [("a1", 1)]
    table.engine.take(AskRead(Ask("a2", "f" * 32, ((1, 99),))))
    paused(table)
    assert len(numbered(table)) == 4, "of a life that nobody knows here nothing is told"


def test_a_person_does_not_wait_for_what_is_told_again(table):
    serve(table, *range(1, 9))
    paused(table)
    table.engine.take(AskRead(Ask("a1", table.state.counters.epoch, ((1, 4),))))
    before = len(numbered(table))
    serve(table, 20)
    assert len(numbered(table)) == before + 1, "one with each person, at most"
