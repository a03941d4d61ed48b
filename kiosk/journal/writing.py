"""Facts of the point as rows."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import assert_never

from kiosk.journal import orders, rows, tables
from kiosk.model import Box, Counters, Expected, Packed, Refusal, Sample, Tube
from kiosk.model.changes import (
    ActDone,
    BoxChanged,
    BoxHandedOver,
    BoxOpened,
    BoxTallied,
    Change,
    ClockSet,
    ExemptionTakenBack,
    HandoverTakenBack,
    JobMoved,
    JobQueued,
    ListChanged,
    LossNoted,
    MissingListed,
    OrderHeard,
    OrderSettled,
    PersonExempted,
    PersonLinked,
    PoolChosen,
    RecordsAsked,
    RosterTaken,
    SampleTaken,
    SampleVoided,
    ScansRefused,
    ServicePaused,
    SheetHeard,
    ShiftReported,
    TubeAllotted,
    TubeBound,
    TubeBoxed,
    TubeMoved,
    TubeOpened,
    TubePutAside,
    TubeRecorded,
    TubeReopened,
    TubeResized,
    TubeSealed,
    TubeTakenUp,
    TubeUnboxed,
    TubeVoided,
    UnitCalled,
)
from kiosk.model.expected import UNFINISHED
from kiosk.model.records import Ask


def write(database: sqlite3.Connection, round_id: str, change: Change) -> None:  # noqa: C901 - one arm a change
    """Within a transaction of the caller's."""
    match change:
        case TubeAllotted(tube):
            _insert(database, "tubes", rows.tube_row(tube, round_id))
        case (
            TubeOpened(tube)
            | TubePutAside(tube)
            | TubeTakenUp(tube)
            | TubeBound(tube)
            | TubeResized(tube)
            | TubeVoided(tube)
            | TubeSealed(tube)
            | TubeReopened(tube)
        ):
            _update_tube(database, tube)
        case SampleTaken(sample, tube, sealed):
            _insert(database, "samples", rows.sample_row(sample, round_id, sealed))
            _update_tube(database, tube)
        case TubeMoved(tube, left):
            _insert(database, "codes_left", (left, tube.id))
            _update_tube(database, tube)
        case SampleVoided(sample, tube, with_tube):
            _void(database, sample, with_tube)
            _update_tube(database, tube)
        case PersonExempted(exempt, _, sealed):
            row = rows.exempt_row(exempt, round_id, sealed)
            database.execute(f"INSERT OR REPLACE INTO exempt VALUES ({', '.join('?' * len(row))})", row)
        case BoxOpened(box):
            _insert(database, "boxes", rows.box_row(box, round_id))
        case BoxChanged(box):
            _update_box(database, box)
        case TubeBoxed(packed, box):
            _place(database, packed.tube, packed.bag)
            _update_box(database, box)
        case TubeUnboxed(tube, box):
            _place(database, tube, None)
            _update_box(database, box)
        case BoxTallied(tally):
            _insert(database, "tallies", rows.tally_row(tally))
        case BoxHandedOver(handover):
            _insert(database, "handovers", rows.handover_row(handover))
            _hand_over(database, handover.id, handover.packed)
            _update_box(database, handover.box)
        case HandoverTakenBack(handover):
            database.execute("UPDATE handovers SET taken_back = 1 WHERE id = ?", (handover.id,))
            _move(database, handover.packed)
            _update_box(database, handover.box)
        case TubeRecorded(tube_id, first):
            database.execute("UPDATE tubes SET recorded = 1 WHERE id = ?", (tube_id,))
            if first is not None:
                query = "UPDATE tubes SET record_epoch = ?, record_n = ? WHERE id = ?"
                database.execute(query, (first.epoch, first.n, tube_id))
        case RecordsAsked(ask):
            _ask(database, round_id, ask)
        case OrderHeard(ordered):
            orders.hear(database, round_id, ordered)
        case OrderSettled(n, became):
            orders.settle(database, n, became)
        case ExemptionTakenBack(exempt):
            whose = (round_id, exempt.person.key)
            database.execute("DELETE FROM exempt WHERE round = ? AND person_key = ?", whose)
            database.execute("INSERT OR IGNORE INTO once_exempt VALUES (?, ?)", whose)
        case ActDone(act):
            _insert(database, "acts", rows.act_row(act, round_id))
        case JobQueued(job, at):
            _insert(database, "jobs", rows.job_row(job, at))
        case JobMoved(job):
            query = "UPDATE jobs SET printer = ?, state = ?, settlement = ? WHERE id = ?"
            database.execute(query, (job.printer, job.state, job.settlement, job.id))
        case ShiftReported(shift):
            _insert(database, "shifts", rows.shift_row(shift, round_id))
        case ScansRefused(counts):
            _count(database, round_id, counts)
        case LossNoted():
            database.execute("UPDATE life SET loss = NULL")
        case ServicePaused(on):
            database.execute("INSERT OR REPLACE INTO switches VALUES ('paused', ?)", (on,))
        case PoolChosen(pool):
            row = (round_id, pool.capacity, pool.purpose)
            database.execute("INSERT OR REPLACE INTO pools VALUES (?, ?, ?)", row)
        case ClockSet(boot, offset_ms):
            _correct(database, boot, offset_ms)
        case PersonLinked(key, sample):
            _link(database, round_id, key, sample)
        case SheetHeard():
            tables.write(database, round_id, change)
        case ListChanged(people, gone):
            _relist(database, round_id, people, gone)
        case RosterTaken(head):
            row = (round_id, head.made_s, json.dumps(head.units, ensure_ascii=False))
            database.execute("INSERT OR REPLACE INTO rosters VALUES (?, ?, ?)", row)
        case UnitCalled(unit, at):
            _insert(database, "calls", (None, round_id, unit, *rows.when(at)))
        case MissingListed(missing):
            _insert(database, "missing_lists", rows.missing_list_row(missing, round_id))
        case never:
            assert_never(never)


def write_counters(database: sqlite3.Connection, round_id: str, counters: Counters, before: Counters | None) -> bool:
    """Each row costs a page, so what stands there as it was `before` is left. False if these do not follow on what
    stands there: somebody else has written since."""
    lease = (counters.block, counters.next_tube_serial, counters.next_voucher_serial)
    if before is None or lease != (before.block, before.next_tube_serial, before.next_voucher_serial):
        database.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", lease)
    totals = counters.totals
    if before is None or totals != before.totals:
        counts = (totals.samples, totals.tubes, totals.labels, totals.vouchers, totals.voided, totals.exempt)
        values = round_id, *counts, totals.records
        database.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
    return _advance(database, counters)


def _advance(database: sqlite3.Connection, counters: Counters) -> bool:
    values = (counters.seq, counters.next_tube_id, counters.next_sample_seq, counters.next_job_id)
    columns = "seq = ?, next_tube_id = ?, next_sample_seq = ?, next_job_id = ?"
    query = f"UPDATE life SET {columns} WHERE epoch = ? AND seq = ?"
    followed = database.execute(query, (*values, counters.epoch, counters.seq - 1)).rowcount == 1
    if not followed and counters.seq == 1:
        columns = "id, epoch, seq, next_tube_id, next_sample_seq, next_job_id"
        database.execute(f"INSERT INTO life ({columns}) VALUES (1, ?, ?, ?, ?, ?)", (counters.epoch, *values))
        return True
    return followed


def _link(database: sqlite3.Connection, round_id: str, key: bytes, sample: Sample) -> None:
    """Those who are one person share a number: that of the sample by which the first two were made one."""
    query = "SELECT sample_seq FROM links WHERE round = ? AND person_key = ?"
    found = (database.execute(query, (round_id, each)).fetchone() for each in (sample.person.key, key))
    known, other = (row and row[0] for row in found)
    number = sample.seq if known is None else known
    if other is not None:
        database.execute(
            "UPDATE links SET sample_seq = ? WHERE round = ? AND sample_seq = ?", (number, round_id, other)
        )
    for each in (sample.person.key, key):
        database.execute("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", (round_id, each, number))


def _ask(database: sqlite3.Connection, round_id: str, ask: Ask) -> None:
    """What is sealed to nobody any more would take the place of what the authority has."""
    known = "EXISTS (SELECT 1 FROM samples WHERE tube_id = tubes.id AND void = 0 AND sealed IS NOT NULL)"
    for stretch in ask.ranges:
        query = f"UPDATE tubes SET recorded = 0 WHERE round = ? AND {rows.NUMBERED} AND {known}"
        database.execute(query, (round_id, ask.epoch, *stretch))
    database.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (round_id, ask.id))


def _insert(database: sqlite3.Connection, table: str, row: rows.Row) -> None:
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _update_tube(database: sqlite3.Connection, tube: Tube) -> None:
    """An index is written wherever a statement names its column, so what is indexed is named only where it differs."""
    columns = "source = ?, state = ?, filled = ?, capacity = ?, purpose = ?, holes = ?, recorded = 0"
    query = f"UPDATE tubes SET {columns} WHERE id = ?"
    named = (tube.source, tube.state, tube.filled, tube.capacity, tube.purpose, rows.holes(tube))
    database.execute(query, (*named, tube.id))
    query = "UPDATE tubes SET code = ? WHERE id = ? AND code IS NOT ?"
    database.execute(query, (tube.code, tube.id, tube.code))
    when = rows.when(tube.at)
    query = "UPDATE tubes SET boot = ?, mono_ns = ?, wall_ms = ?, trusted = ? WHERE id = ? AND"
    query += " (boot, mono_ns, wall_ms, trusted) <> (?, ?, ?, ?)"
    database.execute(query, (*when, tube.id, *when))


def _update_box(database: sqlite3.Connection, box: Box) -> None:
    query = "UPDATE boxes SET state = ?, tubes = ?, people = ?, bag = ?, seal = ?, strays = ? WHERE id = ?"
    database.execute(query, (box.state, box.tubes, box.people, box.bag, box.seal, rows.strays(box.strays), box.id))


def _place(database: sqlite3.Connection, tube: Tube, bag: int | None) -> None:
    query = "UPDATE tubes SET state = ?, box_id = ?, bag = ?, recorded = 0 WHERE id = ?"
    database.execute(query, (tube.state, tube.box_id, bag, tube.id))


def _hand_over(database: sqlite3.Connection, handover_id: int, packed: Sequence[Packed]) -> None:
    """What stands in the manifest is kept as it was, whatever becomes of the tubes if they come back."""
    lines = [(handover_id, each.tube.id, each.tube.filled, each.bag) for each in packed]
    database.executemany("INSERT INTO handed_over VALUES (?, ?, ?, ?)", lines)
    _move(database, packed)


def _move(database: sqlite3.Connection, packed: Sequence[Packed]) -> None:
    """Of people who are forgotten by now nothing is told anew: it would take the place of what the authority has."""
    moved = [(each.tube.state, each.tube.id) for each in packed]
    known = "EXISTS (SELECT 1 FROM samples WHERE tube_id = tubes.id AND void = 0 AND sealed IS NOT NULL)"
    query = f"UPDATE tubes SET state = ?, recorded = CASE WHEN {known} THEN 0 ELSE recorded END WHERE id = ?"
    database.executemany(query, moved)


def _void(database: sqlite3.Connection, sample: Sample, with_tube: bool) -> None:
    void = rows.VOID_WITH_TUBE if with_tube else rows.VOID
    database.execute("UPDATE samples SET void = ? WHERE seq = ?", (void, sample.seq))


def _relist(database: sqlite3.Connection, round_id: str, people: Iterable[Expected], gone: Iterable[bytes]) -> None:
    query = "UPDATE rosters SET made_s = ?1 WHERE round = ?2 AND made_s <> ?1"
    database.execute(query, (UNFINISHED, round_id))
    query = "DELETE FROM expected WHERE round = ? AND person_key = ?"
    database.executemany(query, [(round_id, key) for key in gone])
    listed = [rows.expected_row(person, round_id) for person in people]
    database.executemany("INSERT OR REPLACE INTO expected VALUES (?, ?, ?, ?, ?, ?, ?)", listed)


def _count(database: sqlite3.Connection, round_id: str, counts: Iterable[tuple[Refusal, int]]) -> None:
    query = "INSERT INTO refusals VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n"
    database.executemany(query, [(round_id, reason, n) for reason, n in counts])


def _correct(database: sqlite3.Connection, boot: str, offset_ms: int) -> None:
    for table in rows.DATED:
        query = f"UPDATE {table} SET wall_ms = ? + mono_ns / 1000000, trusted = 1 WHERE boot = ? AND trusted = 0"
        database.execute(query, (offset_ms, boot))
