"""docs/a-forenoon.md as it happens: at its end tubes, vouchers, manifests, records and counts agree to the person."""

import time

import pytest
from forenoon import PATIENCE_S, Forenoon, resident

from kiosk.credentials import tube_code

BOTH = {
    'source = "printed"': 'source = "both"',
    "[tubes]\n": '[handover]\nask = ["temperature"]\n\n[tubes]\nclosing_slip = true\n',
}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_forenoon_at_one_table(make_table):  # noqa: C901 - one forenoon
    table = make_table(pool_size=10)
    day = Forenoon(table, BOTH)
    day.start()

    # The first thirty in tens; six come again and are told so.
    day.serve(*range(1, 31))
    time.sleep(3.2)
    for person in range(1, 7):
        day.scan(resident(person), "refused.already-sampled")

    # A smaller size for ten, and back.
    day.staff("pool-5", "pool-chosen.pool", "label-void")
    day.serve(*range(31, 41))
    day.staff("pool-10", "pool-chosen.pool", "label-void")

    # Who is not swabbed, who is alone, who comes as a household, who has no card.
    for person, why in ((41, "vaccinated"), (42, "recovered"), (43, "under-age")):
        day.staff(f"exempt-{why}", "exempt-asked")
        day.scan(resident(person), f"exempted.{why}")
    for person in (44, 45, 46):
        day.staff("single", "single-ready")
        day.serve(person)
    day.staff("household", "pool-chosen.household", "label-void")
    day.serve(47, 48, 49, 50)
    day.staff("seal", "tube-sealed")
    day.serve(51, 52, 53)
    day.staff("seal", "tube-sealed")
    day.staff("pool-10", "pool-chosen.pool", "label-void")
    time.sleep(3.2)
    for bearer in (1, 2, 3):
        day.staff("with-me", "with-me-asked")
        day.scan(resident(bearer), "accepted-beside")

    # Paper runs out; who comes then is told, and comes again.
    day.settled()
    since = len(table.daemon.records)
    table.printer.paper_out()
    assert table.daemon.wait_for(
        lambda r: r["event"] == "notice" and r["key"] == "refused.paper-out", PATIENCE_S, since
    )
    day.scan(resident(54), "refused.paper-out")
    since = len(table.daemon.records)
    table.printer.load_paper()
    assert table.daemon.wait_for(lambda r: r["event"] == "notice" and r["signal"] == "ready", PATIENCE_S, since)
    time.sleep(3.2)
    day.serve(*range(54, 61))

    # A supplier's tube between.
    day.settled()
    day.staff("tube", "tube-asked")
    day.scan("TB0000000001", "tube-opened", "refused.tube-open")
    day.serve(*range(61, 71))

    # Three are taken back: the last, anybody by card, anybody by voucher.
    day.serve(71)
    day.staff("void-last", "voided")
    for shown in (resident(12), day.voucher(20)):
        day.staff("void", "void-asked")
        day.scan(shown, "question.void-person")
        day.yes("voided")

    # A whole tube is void, and its people come again; another's label was lost.
    fives = day.column("SELECT code FROM tubes WHERE capacity = 5 AND state = 'sealed' ORDER BY id")
    day.staff("void", "void-asked")
    day.scan(fives[0], "question.void-tube")
    day.yes("tube-voided")
    day.settled()
    day.serve(*range(31, 36))
    day.staff("move", "move-asked")
    day.scan(fives[1], "question.other-label")
    day.yes("tube-moved")
    day.settled()

    # The plug is pulled as a tube is sealed; what was sealed first has been forgotten for five hours by then.
    day.serve(*range(72, 91))
    day.staff("seal", "tube-sealed")
    table.daemon.kill()
    (old, *_) = day.tubes("sealed")
    day.aged(old, hours=5)
    day.start()
    day.settled()

    # The first box: each kind of mismatch is named, and comes out.
    sealed = day.tubes("sealed")
    day.serve(91)
    day.settled()
    (in_use,) = day.tubes("open")
    day.staff("box", "packing")
    assert sealed[0] == old
    for code in sealed[:4]:
        day.scan(code, "tube-boxed-late" if code == old else "tube-boxed")
    strange = {
        in_use: "unsealed",
        "TB0000000099": "unknown",
        tube_code("0777", 1): "other-tables",
        fives[0]: "taken-back",
        sealed[0]: "doubled",
    }
    time.sleep(3.2)
    for code, why in strange.items():
        day.scan(code, f"stray.{why}")
    day.staff("box-close", "refused.strays")
    for code in strange:
        day.staff("box-out", "box-out-asked")
        day.scan(code, "stray-out")
    day.settled()
    day.sure("box-close", "box-mismatch", "box-closed")
    day.settled()
    assert day.listed() == {"too-old": [old], "missing": sealed[4:]}

    # The plug is pulled as it is handed over.
    day.sure("hand-over", "hand-over", "handed-over")
    table.daemon.kill()
    day.start()
    day.settled()

    # The second box takes all the rest.
    day.staff("seal", "tube-sealed")
    day.staff("box", "packing")
    for code in day.tubes("sealed"):
        day.scan(code, "tube-boxed")
    day.sure("box-close", "box-close", "box-closed")
    day.sure("hand-over", "hand-over", "handed-over")
    day.settled()
    people = day.column("SELECT count(*) FROM samples WHERE void = 0")[0]
    assert day.centre.wait_for("counts", lambda counts: counts["samples"] - counts["voided"] == people, PATIENCE_S)
    boxed = day.tubes("handed-over")
    end = time.monotonic() + PATIENCE_S
    while {code for code, r in day.records().items() if r["state"] == "handed-over"} != set(boxed):
        assert time.monotonic() < end, "the centre never heard of all tubes"
        time.sleep(0.5)
    table.daemon.stop()
    table.printer.stop()

    # To the person.
    live = day.column("SELECT voucher FROM samples WHERE void = 0")
    boxes = day.manifests()
    assert len(boxes) == 2
    assert sum(manifest.people for manifest in boxes.values()) == people == len(live)
    on_paper = day.vouchers()
    assert set(live) <= set(on_paper)
    assert {number: on_paper.count(number) for number in live if on_paper.count(number) != 1} == {}
    records = {code: record for code, record in day.records().items() if record["state"] == "handed-over"}
    assert sum(len(record["members"]) for record in records.values()) == people
    numbers = [number for record in records.values() for number in day.opened(record)]
    swabbed = {*range(1, 41), *range(44, 71), *range(72, 92)} - {12}
    taken_back = day.column("SELECT count(*) FROM samples WHERE void = 1")[0]
    assert taken_back == 3
    assert len(set(numbers)) == len(numbers) - 3, "three came beside the card of another"
    assert set(numbers) <= {resident(person) for person in swabbed}
    assert len(set(numbers)) == len(swabbed) - 1, "one more was taken back by voucher"
    counts = day.centre.latest("counts")
    assert counts is not None
    assert counts["samples"] - counts["voided"] == people
    assert counts["exempt"] == 3

    # At the laboratory.
    assert day.received(*day.manifest_texts(), *boxed).agrees
    lost = day.received(*day.manifest_texts(), *boxed[1:])
    assert [code for _, code in lost.missing()] == boxed[:1]

    # Nobody's number is anywhere in clear: on the disk, in the log, in a manifest, in what the centre was told.
    left = day.files() + repr((boxes, day.records(), counts)).encode()
    assert [person for person in range(1, 92) if resident(person).encode() in left] == []
