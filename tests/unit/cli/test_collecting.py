"""`kiosk collect` where it cannot begin, and the rights that it needs at RabbitMQ."""

import json
import sys

import pytest

from kiosk.cli import main

BROKER = ["--host", "127.0.0.1", "--port", "1"]


def test_what_is_no_connection_string_is_told_with_one_that_is(capsys):
    assert main(["collect", *BROKER, "--database", "nonsense"]) == 78
    words = capsys.readouterr().err
    assert 'missing "=" after "nonsense"' in words
    assert "Write one such as 'host=db.example.org dbname=sampling'." in words


def test_a_database_that_is_away_when_the_table_is_to_be_made_is_told(capsys):
    assert main(["collect", *BROKER, "--database", "host=127.0.0.1 port=1", "--create"]) == 69
    words = capsys.readouterr().err
    assert "Connection refused" in words
    assert words.endswith("Nothing was collected; run it again when that is mended.\n")


@pytest.mark.parametrize(("missing", "options"), [("psycopg", []), ("pika", ["--by", "amqp"])])
def test_a_part_that_is_not_installed_is_named(monkeypatch, capsys, missing, options):
    for name in [name for name in sys.modules if name.startswith("kiosk.office.collecting")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["collect", *BROKER, *options]) == 69
    assert capsys.readouterr().err == f"{missing} is not installed: pip install 'sampling-kiosk[office]'\n"


def test_a_group_that_is_no_word_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["collect", *BROKER, "--group", "a/b"])
    assert "must be 1 to 40 of a-z, 0-9 and -" in capsys.readouterr().err


def test_rabbitmqs_definitions_are_written_for_all_who_have_a_certificate(tmp_path, capsys):
    office, out = tmp_path / "office", tmp_path / "definitions.json"
    main(["broker", "certificates", "--ca", str(office), "collector", "wy-0352/a"])
    assert main(["broker", "rights", "--ca", str(office), "--for", "rabbitmq", "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith(f"{out}: 2 names. rabbitmqctl import_definitions {out} takes it\n")
    found = json.loads(out.read_text("utf-8"))
    assert [each["name"] for each in found["users"]] == ["collector", "wy-0352/a"]
    assert [each["name"] for each in found["queues"]] == ["collect"]
