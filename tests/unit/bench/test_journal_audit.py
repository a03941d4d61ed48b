"""The judge of the kills sees each kind of disagreement between paper and journal."""

from dataclasses import replace

import pytest

from journal_audit import Job, Ledger, Piece, Sample, audit, mistaken

KEY = b"k" * 32
VOUCHER, LABEL = "V0352000000158", "035200000104"
MODELS = frozenset({("title", "number", "keep"), ("pool", "code")})
OUT = Piece(0, (VOUCHER,), 0, frozenset({VOUCHER}), ("title", "number", "keep"), True)
STUCK = Piece(1, (LABEL,), 0, frozenset({LABEL}), ("pool", "code"), True)
TORN = Piece(2, (), 0, frozenset(), ("title",), False)
DONE = Job(1, "voucher", VOUCHER, 0, "confirmed", None)
STUCK_DONE = Job(2, "label", LABEL, 0, "confirmed", None)
TOLD = Ledger((Sample(KEY, VOUCHER),), (LABEL,), (DONE, STUCK_DONE))


def judged(told, *paper, accepted=frozenset({KEY})):
    return audit(told, paper, MODELS, accepted)


def with_jobs(*jobs):
    return replace(TOLD, jobs=jobs)


def test_paper_and_journal_that_agree_are_not_blamed_for_what_was_torn_off():
    found = judged(TOLD, TORN, OUT, STUCK)
    assert found.violations == ()
    assert (found.samples, found.slips, found.torn, found.differences) == (1, 3, 1, 0)


def test_a_slip_in_doubt_that_came_out_is_a_difference_and_no_violation():
    doubtful = replace(DONE, state="unconfirmed", settlement="came-out")
    found = judged(with_jobs(doubtful, STUCK_DONE), OUT, STUCK)
    assert found.violations == ()
    assert (found.unconfirmed, found.differences) == (1, 1)


def test_a_copy_stands_for_a_slip_that_did_not_come_out():
    jobs = (replace(DONE, state="unconfirmed", settlement="did-not"), STUCK_DONE, replace(DONE, id=3, copy=1))
    found = judged(with_jobs(*jobs), replace(OUT, copy=1), STUCK)
    assert found.violations == ()
    assert found.copies == 1


def test_a_slip_that_staff_left_out_is_not_missed():
    found = judged(with_jobs(replace(DONE, state="failed"), STUCK_DONE), STUCK)
    assert found.violations == ()
    assert found.left_out == 1


@pytest.mark.parametrize(
    ("told", "paper", "words"),
    [
        (TOLD, (OUT, OUT, STUCK), f"2 times on paper: {VOUCHER}, unmarked"),
        (TOLD, (OUT,), "on no paper: label"),
        (TOLD, (TORN, STUCK), "on no paper: voucher"),
        (with_jobs(DONE), (OUT, STUCK), "on paper, in no journal"),
        (with_jobs(replace(DONE, state="queued"), STUCK_DONE), (OUT, STUCK), "on paper, but voucher"),
        (with_jobs(replace(DONE, state="unconfirmed"), STUCK_DONE), (OUT, STUCK), "never ended: voucher"),
        (TOLD, (OUT, STUCK, replace(TORN, symbols=(VOUCHER, "V0352000000255"))), "parts of two slips"),
        (TOLD, (OUT, STUCK, replace(TORN, shape=("title", "pool"))), "not the beginning of any slip"),
        (replace(TOLD, samples=TOLD.samples * 2), (OUT, STUCK), "2 samples of one person"),
        (replace(TOLD, samples=()), (OUT, STUCK), "accepted on the panel and not in the journal"),
    ],
)
def test_what_disagrees_is_named(told, paper, words):
    assert any(violation.startswith(words) for violation in judged(told, *paper).violations)


@pytest.mark.parametrize(("settlement", "paper"), [("came-out", TORN), ("did-not", OUT)])
def test_an_answer_that_the_paper_contradicts_is_named(settlement, paper):
    told = with_jobs(replace(DONE, state="unconfirmed", settlement=settlement))
    assert mistaken(told, [paper]) == [f"the answer is wrong: voucher {VOUCHER} (unconfirmed, {settlement})"]
