"""kiosk broker: certificates, rights and a broken database, as an office calls them; the check has real ones."""

import json
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from kiosk.office.brokers import certificates
from kiosk.office.brokers.certificates import Authority
from kiosk.office.brokers.names import name_of

NAMES = "wy-0352/a", "wy-0352/b", "board"


@pytest.fixture
def office(call, tmp_path):
    assert call("broker", "certificates", "--ca", tmp_path / "office", "--server", "broker.example.org", *NAMES)[0] == 0
    return tmp_path / "office"


def certificate(file):
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_keys_are_nobody_elses_and_certificates_hold_whatever_the_clocks_say(office):
    keys = sorted(office.rglob("*.key"))
    assert len(keys) == 5
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    table, authority = certificate(office / "names/wy-0352/a.pem"), certificate(office / "ca.pem")
    assert table.subject.rfc4514_string() == "CN=wy-0352/a"
    assert table.not_valid_before_utc == authority.not_valid_before_utc == datetime(2022, 1, 1, tzinfo=UTC)
    assert timedelta(399) < table.not_valid_after_utc - datetime.now(UTC) <= timedelta(400)
    table.verify_directly_issued_by(authority)


def test_no_kiosk_can_play_the_broker(office):
    purposes = [
        certificate(office / name).extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        for name in ("names/wy-0352/a.pem", "servers/broker.example.org.pem")
    ]
    assert [[each.dotted_string for each in purpose] for purpose in purposes] == [
        ["1.3.6.1.5.5.7.3.2"],
        ["1.3.6.1.5.5.7.3.1"],
    ]
    called = certificate(office / "servers/broker.example.org.pem").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert called.value.get_values_for_type(x509.DNSName) == ["broker.example.org", "localhost"]


def test_who_has_one_keeps_it_unless_it_is_to_be_made_anew(call, office):
    before = (office / "names/board.pem").read_bytes()
    status, out, _ = call("broker", "certificates", "--ca", office, "board", "wy-0353/a", "--json")
    told = json.loads(out)
    assert (status, [(each["name"], each["is_new"]) for each in told["issued"]]) == (
        0,
        [("board", False), ("wy-0353/a", True)],
    )
    assert (office / "names/board.pem").read_bytes() == before
    assert call("broker", "certificates", "--ca", office, "board", "--renew")[0] == 0
    assert (office / "names/board.pem").read_bytes() != before


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2, "made anew: the one before ended on "), (20, "made anew: the one before ends on ")],
)
def test_a_certificate_that_has_ended_or_soon_will_is_made_anew_and_that_is_said(call, office, days, words):
    ended = Authority(office).client(name_of("board"), days, renew=True)
    status, out, _ = call("broker", "certificates", "--ca", office, "board", "wy-0352/a")
    board, table = out.splitlines()[:2]
    assert (status, words + f"{ended.ends:%Y-%m-%d}. Copy both to where it was" in board) == (0, True)
    until = certificate(office / "names/board.pem").not_valid_after_utc
    assert until - datetime.now(UTC) > timedelta(399)
    assert table.endswith(f"(was there already, good until {until:%Y-%m-%d})")
    told = json.loads(call("broker", "certificates", "--ca", office, "board", "--json")[1])["issued"][0]
    assert (told["is_new"], told["before"], told["ends"]) == (False, "", until.isoformat())


def test_a_certificate_of_another_authority_lets_nobody_in_and_is_made_anew(call, office, tmp_path):
    Authority(tmp_path / "other")
    for name in ("ca.pem", "ca.key"):
        (office / name).write_bytes((tmp_path / "other" / name).read_bytes())
    assert (
        "made anew: the one before is of another authority"
        in call("broker", "certificates", "--ca", office, "board")[1]
    )
    certificate(office / "names/board.pem").verify_directly_issued_by(certificate(office / "ca.pem"))


def test_an_authority_near_its_end_says_so_and_makes_no_certificate_anew_for_nothing(call, tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "AUTHORITY_DAYS", 10)
    made = call("broker", "certificates", "--ca", tmp_path / "old", "board")[1]
    assert "this authority ends on " in made
    assert "was there already" in call("broker", "certificates", "--ca", tmp_path / "old", "board")[1]


def test_a_wrong_name_makes_nothing(call, tmp_path):
    status, _, err = call("broker", "certificates", "--ca", tmp_path / "new", "wy-0352/a", "wy-0352/#")
    assert (status, (tmp_path / "new").exists()) == (78, False)
    assert "'wy-0352/#' is no name" in err
    assert "Nothing was made" in err


def test_an_authority_with_a_passphrase_signs_with_it_alone(call, tmp_path, monkeypatch):
    monkeypatch.setenv("KIOSK_PASSPHRASE", "geheim")
    assert call("broker", "certificates", "--ca", tmp_path / "locked", "board")[0] == 0
    monkeypatch.delenv("KIOSK_PASSPHRASE")
    status, _, err = call("broker", "certificates", "--ca", tmp_path / "locked", "centre")
    assert (status, "its passphrase is another" in err) == (73, True)
    assert not (tmp_path / "locked/names/centre.pem").exists()


def test_rights_are_of_all_who_have_a_certificate_and_who_is_withdrawn_stays_so(call, office, tmp_path):
    file = tmp_path / "kiosk.acl"
    status, out, _ = call("broker", "rights", "--ca", office, "--out", file)
    assert (status, out) == (0, f"{file}: 3 names. systemctl reload mosquitto takes it\n")
    assert "user wy-0352/a\ntopic read sampling/v1/+/+/wy-0352/+/people/#\n" in file.read_text()
    status, out, _ = call("broker", "rights", "--ca", office, "--withdraw", "wy-0352/a", "--json")
    assert json.loads(out) == {"names": ["board", "wy-0352/b"], "withdrawn": ["wy-0352/a"]}
    assert call("broker", "rights", "--ca", office)[1].endswith("\nuser wy-0352/a\ntopic deny #\n")


def test_rights_of_no_authority_and_a_file_that_has_no_place_change_nothing(call, office, tmp_path):
    status, _, err = call("broker", "rights", "--ca", tmp_path / "none")
    assert (status, "`kiosk broker certificates` makes it" in err) == (78, True)
    status, _, err = call("broker", "rights", "--ca", office, "--out", tmp_path / "no" / "kiosk.acl")
    assert (status, "The rights are as they were" in err) == (73, True)


def test_a_certificate_that_is_not_there_is_named(call, tmp_path, capsys):
    with pytest.raises(SystemExit):
        call("broker", "check", "--host", "127.0.0.1", "--ca", tmp_path / "ca.pem")
    assert f"argument --ca: {tmp_path}/ca.pem is not there, or may not be read" in capsys.readouterr().err


def test_a_broken_database_is_moved_aside_and_one_that_is_not_there_is_no_fault(call, tmp_path):
    file = tmp_path / "mosquitto.db"
    assert call("broker", "mend", file) == (0, "", "")
    file.write_bytes(bytes(5000))
    status, out, _ = call("broker", "mend", file)
    assert (status, file.exists()) == (0, False)
    assert out.startswith(f"{file} begins with zeros. It is kept as {file}.damaged-1, and the broker begins with none")


def test_what_a_full_disk_left_half_written_is_made_anew(call, office):
    """Whoever came with it would not be let in, and the command would say that there is one."""
    whole = (office / "names" / "board.key").read_bytes()
    for half, what in (("board.pem", b""), ("board.key", b""), ("board.key", (office / "ca.key").read_bytes())):
        (office / "names" / half).write_bytes(what)
        status, out, _ = call("broker", "certificates", "--ca", office, "board", "--json")
        assert (status, json.loads(out)["issued"][0]["is_new"]) == (0, True), half
    assert (office / "names" / "board.key").read_bytes() != whole


def test_a_host_that_is_a_path_is_no_host(call, office, tmp_path):
    status, _, err = call("broker", "certificates", "--ca", office, "--server", "../../outside")
    assert (status, "is no host" in err) == (73, True)
    assert not (tmp_path / "outside.key").exists()
