"""A new refusal, fault, staff action, count or notice is written in one place; these walk its kind and name every other
place that lacks it. What `match` tells apart, the type checker names."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest

from kiosk.credentials import staff_codes
from kiosk.journal import Journal
from kiosk.messages import Counts, Stamp
from kiosk.model import ExemptReason, JobKind, Loss, Mismatch, Purpose, Refusal, StaffAction, Totals, TubeState
from kiosk.ports import Button, Hint, PrinterFault
from kiosk.session.presence.rules import refusal_of
from kiosk.session.sampling.state import Age
from kiosk.texts import LANGUAGES, Texts
from table_bench import FOR_WHOEVER_COMES

ROOT = Path(__file__).parents[2]
AT_THE_TABLE = (ROOT / "docs" / "at-the-table.md").read_text(encoding="utf-8")
SESSION = sorted((ROOT / "kiosk" / "session").rglob("*.py"))
TOLD = re.compile(r'(?:tell|Notice|_noted|_done)\((?:draft, )?(f?)"([a-z.-]+)')
FORMED: dict[str, Sequence[str]] = {
    "refused.": tuple(Refusal),
    "hint.": tuple(Hint),
    "question.": (*JobKind, *Loss),
    "pool-chosen.": ("single", Purpose.POOL, Purpose.HOUSEHOLD),
    "reprinted.": (JobKind.LABEL, JobKind.VOUCHER),
    "tube-age.": (Age.OLD, Age.TOO_OLD),
    "exempted.": tuple(ExemptReason),
    "stray.": tuple(set(Mismatch) - {Mismatch.MISSING, Mismatch.TOO_OLD}),
    "sealed-age.": (Age.OLD, Age.TOO_OLD),
    "accepted-": ("unlisted", "died"),
    "tube-": (TubeState.OPEN, TubeState.READY),
}
"""How a notice begins whose end is a member of a kind, and of which."""


def names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def sources(folder: str) -> str:
    files = sorted((ROOT / folder).rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file != Path(__file__))


def told_keys() -> Iterator[str]:
    """The keys of all notices that the session tells."""
    for file in SESSION:
        for formed, key in TOLD.findall(file.read_text(encoding="utf-8")):
            yield from (key + member for member in FORMED[key]) if formed else (key,)


def test_every_count_is_stored_and_told(tmp_path):
    counts = names(Totals) - {"refused"}
    Journal(tmp_path / "journal.sqlite", "r1").close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as database:
        columns = {
            table: {row[1] for row in database.execute(f"PRAGMA table_info({table})")} for table in ("totals", "shifts")
        }
    assert columns["totals"] == counts | {"round"}
    # A shift's paper does not tell what the authority was told.
    assert (counts - {"records"}) | {"refused"} <= columns["shifts"]
    assert names(Counts) - names(Stamp) == names(Totals) | {"point", "kiosk", "round"}


def test_every_act_of_staff_has_a_code_a_button_and_a_line_for_staff():
    acts = set(StaffAction)
    assert set(staff_codes(b"key").values()) == acts
    assert {str(button) for button in Button} == {str(act) for act in acts}
    rows = re.findall(r"^\| ([a-z0-9, -]+) \| ", AT_THE_TABLE.partition("## Staff codes")[2], flags=re.MULTILINE)
    assert {word for row in rows for word in row.split(", ")} - {"code"} >= {str(act) for act in acts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_told_has_its_words(language):
    keys = Texts(language).keys()
    told = {f"notice.{key}" for key in told_keys()}
    also = {f"refusal.{reason}" for reason in Refusal} | {f"doctor.fault.{fault}" for fault in PrinterFault}
    assert (told | also) - keys == set()
    assert {key for key in keys if key.startswith("notice.")} - told == set(), "words that nobody says"


def test_every_refusal_is_given_by_a_rule_and_tried_by_a_test():
    given = set(re.findall(r"Refusal\.([A-Z_]+)", sources("kiosk")))
    tried = set(re.findall(r"(?:Refusal|refused)\.([\w-]+)", sources("tests/unit")))
    assert {reason.name for reason in Refusal} - given == set()
    assert set(Refusal) - {name.lower().replace("_", "-") for name in tried} == set()


def test_whatever_closes_the_table_stands_where_staff_look_it_up():
    page = AT_THE_TABLE.partition("## When something is missing")[2].partition("\n## ")[0]
    words = (Texts("en").say(f"refusal.{reason}") for reason in FOR_WHOEVER_COMES)
    assert [each for each in words if each not in page] == []


def test_every_fault_of_a_printer_is_a_reason_of_its_own():
    assert len({refusal_of(fault) for fault in PrinterFault}) == len(PrinterFault)
    assert all("{printer}" in Texts("en")._words[f"notice.refused.{refusal_of(fault)}"] for fault in PrinterFault)  # noqa: SLF001
