"""Badges at a real scanner: who acts, what their role lets them do, and whose name stands in the row."""

import json
import time

import pytest

from kiosk.cli import main
from kiosk.credentials import badge_text
from kiosk.model import Badge, StaffRole

AWAY_S = 2.2
"""So long a code is taken away, and a question read, before the next is shown."""
RESIDENT = "110199199001010010"


@pytest.fixture
def table(make_table):
    table = make_table(pool_size=10)
    config = table.state / "kiosk.toml"
    config.write_text(config.read_text("utf-8") + '\n[staff]\nbadges = "required"\n', "utf-8")
    table.daemon.start()
    assert table.daemon.listens(20, 0)
    return table


def test_who_acts_is_known_and_may_do_what_their_role_may(table, capsys):
    def scan(text, *expected):
        time.sleep(AWAY_S)
        since = len(table.daemon.records)
        table.scanner.present(text.encode())
        found = table.daemon.wait_for(lambda record: record.get("key") in expected, 10, since)
        assert found, (text, table.daemon.records[since:])

    codes, key = table.staff_codes, (table.state / "keys" / "staff-key").read_bytes()
    sampler, lead = (badge_text(key, Badge(role, 18)) for role in (StaffRole.SAMPLER, StaffRole.LEAD))
    scan(RESIDENT, "accepted")
    scan(codes["void"], "refused.badge-first")
    scan(sampler, "badge-shown")
    scan(codes["void"], "refused.role-may-not")
    scan(lead, "badge-shown")
    scan(codes["void"], "void-asked")
    scan(RESIDENT, "question.void-person")
    scan(codes["yes"], "voided")
    scan(sampler, "badge-shown")
    scan(codes["seal"], "tube-sealed", "refused.nothing-to-do")
    config = table.state / "kiosk.toml"
    assert main(["acts", "--config", str(config), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["action"], row["badge"], row["role"]) for row in rows][:1] == [("void", "L0018", "lead")]
    assert RESIDENT.encode() not in b"".join(file.read_bytes() for file in table.state.rglob("*") if file.is_file())
