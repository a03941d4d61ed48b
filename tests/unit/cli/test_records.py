"""members, records and export as staff and the authority call them."""

import csv
import io
import json
import stat
import subprocess

import pytest
from openpyxl import load_workbook

from kiosk.app.keys import read_authority
from kiosk.engine.engine import Secrets
from kiosk.office.sticks import plugged_in
from kiosk.ports import Message
from kiosk_file import GOOD
from table_bench import ROUND_KEY, resident_number


@pytest.fixture
def keys(tmp_path, call):
    assert call("records", "key", "--out", tmp_path / "keys")[0] == 0
    return tmp_path / "keys"


@pytest.fixture
def served(make_bench, keys, tmp_path):
    """A full tube and somebody in the next; the configuration's file."""
    authority = read_authority(keys / "authority.pem", "cn/r1/wy-0352/a")
    bench = make_bench(pool_size=2, records=True)
    bench.engine._secrets = Secrets(ROUND_KEY, authority)  # noqa: SLF001
    bench.journal.keys(b"round", b"voucher", "cn/r1/wy-0352/a")
    bench.start()
    for person in (1, 2, 3):
        bench.scan(resident_number(person))
        bench.finish()
    text = GOOD.replace("cn-511781", "cn").replace("2022-05-r1", "r1")
    config = tmp_path / "kiosk.toml"
    config.write_text(f"{text}[state]\ndirectory = {json.dumps(str(tmp_path))}\n")
    return config


def mounted(folder):
    stick = folder / "stick"
    stick.mkdir(exist_ok=True)
    return stick


def test_two_keys_are_made_once_and_the_private_one_is_nobody_elses(call, keys):
    assert stat.S_IMODE((keys / "authority-private.pem").stat().st_mode) == 0o600
    before = (keys / "authority-private.pem").read_bytes()
    status, _, err = call("records", "key", "--out", keys)
    assert (status, (keys / "authority-private.pem").read_bytes()) == (73, before)
    assert "is there already" in err


def test_a_passphrase_is_asked_for(call, tmp_path, monkeypatch, served):
    monkeypatch.setenv("KIOSK_PASSPHRASE", "geheim")
    call("records", "key", "--out", tmp_path / "locked")
    monkeypatch.delenv("KIOSK_PASSPHRASE")
    private = tmp_path / "locked" / "authority-private.pem"
    status, _, err = call("members", "035200000104", "--config", served, "--key", private)
    assert (status, "passphrase" in err) == (78, True)


def test_staff_see_who_is_in_a_tube_masked(call, served):
    status, out, _ = call("members", "035200000104", "--config", served, "--language", "en")
    first, *people = out.splitlines()
    assert (status, first) == (0, "Tube 035200000104: 2 people (round r1)")
    assert [line.split()[:2] for line in people] == [["1", f"{'*' * 14}0010"], ["2", f"{'*' * 14}0029"]]
    assert resident_number(1) not in out


def test_by_the_voucher_of_somebody_in_it_and_for_programs(call, served):
    status, out, _ = call("members", "V0352000000255", "--config", served, "--json")
    assert status == 0
    assert [each["voucher"] for each in json.loads(out)["members"]] == ["V0352000000158", "V0352000000255"]


def test_the_authority_sees_them_in_full(call, served, keys):
    private = keys / "authority-private.pem"
    status, out, _ = call("members", "035200000104", "--config", served, "--key", private, "--json")
    assert status == 0
    assert [each["number"] for each in json.loads(out)["members"]] == [resident_number(1), resident_number(2)]


def test_they_open_as_of_where_the_round_was_held_though_the_kiosk_stands_elsewhere(call, served, keys):
    served.write_text(served.read_text().replace('"wy-0352"', '"wy-0400"'))
    private = keys / "authority-private.pem"
    status, out, _ = call("members", "035200000104", "--config", served, "--key", private, "--json")
    assert (status, json.loads(out)["members"][0]["number"]) == (0, resident_number(1))


def test_another_key_opens_nobody_and_says_so(call, served, tmp_path):
    call("records", "key", "--out", tmp_path / "other")
    private = tmp_path / "other" / "authority-private.pem"
    status, out, _ = call("members", "035200000104", "--config", served, "--key", private)
    assert (status, out.count("another key's")) == (1, 2)


def test_an_unknown_tube_is_told(call, served):
    status, _, err = call("members", "035200000298000", "--config", served, "--language", "en")
    assert (status, err) == (1, "This kiosk knows no tube or voucher 035200000298000\n")


def test_what_the_centre_does_not_have_goes_on_a_stick_and_is_opened_there(call, served, keys, tmp_path):
    stick = mounted(tmp_path)
    status, out, err = call("export", "--config", served, "--usb", stick, "--json")
    told = json.loads(out)
    assert (status, told["new"], told["open"]) == (0, told["messages"], 1)
    assert err == "1 in use: who is in a tube comes onto the stick once it is sealed\n"
    written = b"".join(file.read_bytes() for file in stick.rglob("*") if file.is_file())
    assert not any(resident_number(person).encode() in written for person in (1, 2, 3))
    again = json.loads(call("export", "--config", served, "--usb", stick, "--json")[1])
    assert (again["messages"], again["new"]) == (told["messages"], 0)
    private = keys / "authority-private.pem"
    status, out, err = call("records", "open", stick, "--key", private)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (status, err) == (0, "2 of 2 people opened\n")
    assert [(row["tube"], row["place"], row["number"]) for row in rows] == [
        ("035200000104", "1", resident_number(1)),
        ("035200000104", "2", resident_number(2)),
    ]
    out = call("records", "open", stick, "--key", private, "--out", tmp_path / "records.xlsx", "--json")[1]
    assert [json.loads(line)["number"] for line in out.splitlines()] == [resident_number(1), resident_number(2)]
    sheet = load_workbook(tmp_path / "records.xlsx")["records"]
    numbers = [row[9] for row in sheet.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in numbers] == [(resident_number(1), "s"), (resident_number(2), "s")]


def test_a_tube_that_was_closed_just_now_is_missed_on_the_stick(call, served, make_bench, tmp_path):
    again = make_bench(pool_size=2, records=True).start()
    again.seconds = 100.0
    again.scan(resident_number(4))
    status, out, err = call("export", "--config", served, "--usb", mounted(tmp_path), "--json")
    assert (status, json.loads(out)["not_told"]) == (1, 1)
    assert "1 tubes are closed and not among them: let the kiosk rest for ten seconds" in err
    again.finish()
    again.seconds += 11
    again.engine.rest()
    status, out, err = call("export", "--config", served, "--usb", mounted(tmp_path), "--json")
    assert (status, json.loads(out)["not_told"], err) == (0, 0, "")


def test_a_damaged_record_is_told_and_the_others_are_opened(call, served, keys, tmp_path):
    stick = mounted(tmp_path)
    call("export", "--config", served, "--usb", stick)
    (file,) = stick.rglob("tubes-*.json")
    record = json.loads(file.read_text())
    first = record["members"][0]["sealed"]
    record["members"][0]["sealed"] = first[:-5] + ("A" if first[-5] != "A" else "B") + first[-4:]
    file.write_text(json.dumps(record))
    status, out, err = call("records", "open", stick, "--key", keys / "authority-private.pem", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (1, "1 of 2 people opened\n")
    assert [(row["number"], bool(row["fault"])) for row in rows] == [("", True), (resident_number(2), False)]
    file.with_name("tubes-cut.json").write_text(json.dumps(record)[:-20])
    file.write_text(json.dumps(record | {"members": record["members"][1:]}))
    status, _, err = call("records", "open", stick, "--key", keys / "authority-private.pem")
    assert (status, "tubes-cut.json: no record of a tube, passed over" in err) == (1, True)


def test_what_no_clock_and_no_sheet_can_show_costs_nobody_their_row(call, served, keys, tmp_path):
    stick, private = mounted(tmp_path), keys / "authority-private.pem"
    call("export", "--config", served, "--usb", stick)
    (file,) = stick.rglob("tubes-*.json")
    record = json.loads(file.read_text())
    record["members"][0] |= {"at": 10**18, "voucher": "V\x01"}
    file.write_text(json.dumps(record))
    status, _, err = call("records", "open", stick, "--key", private, "--out", tmp_path / "records.xlsx")
    assert (status, err) == (0, "2 of 2 people opened\n")
    sheet = load_workbook(tmp_path / "records.xlsx")["records"]
    assert [row[9].value for row in sheet.iter_rows(min_row=2)] == [resident_number(1), resident_number(2)]
    assert stat.S_IMODE((tmp_path / "records.xlsx").stat().st_mode) == 0o600


def test_of_two_records_of_a_tube_the_later_commit_holds_though_the_clock_went_back(call, served, keys, tmp_path):
    stick = mounted(tmp_path)
    call("export", "--config", served, "--usb", stick)
    (file,) = stick.rglob("tubes-*.json")
    record = json.loads(file.read_text())
    later = record | {"seq": record["seq"] + 1, "ts": record["ts"] - 3_600_000, "members": record["members"][:1]}
    file.with_name("tubes-from-the-centre.json").write_text(json.dumps(later))
    status, _, err = call("records", "open", stick, "--key", keys / "authority-private.pem")
    assert (status, err) == (0, "1 of 1 people opened\n")


def test_what_staff_did_is_told_from_a_time_on(call, served, make_bench, staff):
    bench = make_bench(pool_size=2).start()
    for person, act in ((7, "pause"), (8, "pause")):
        bench.scan(staff[act])
        bench.scan(resident_number(person))
    told = [json.loads(line) for line in call("acts", "--config", served, "--json")[1].splitlines()]
    assert [(each["action"], each["about"], each["badge"], each["role"]) for each in told] == [
        ("pause", "on", None, None),
        ("pause", "off", None, None),
    ]
    assert call("acts", "--config", served, "--since", "2022-05-20T06:40")[1].count("\n") == 2
    assert call("acts", "--config", served, "--since", "2022-05-20T06:41")[1] == ""
    assert call("acts", "--config", served, "--since", "0:00")[1] == ""


def test_a_time_that_is_none_is_told(call, served, capsys):
    with pytest.raises(SystemExit):
        call("acts", "--config", served, "--since", "noon")
    assert "write such as 9:30 or 2022-05-20T09:30" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["members", "035200000104"], ["acts"], ["export", "--usb", "."]])
def test_a_journal_that_cannot_be_read_says_nothing_of_serving(call, served, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    for file in tmp_path.glob("journal.sqlite*"):
        file.unlink()
    (tmp_path / "journal.sqlite").write_bytes(b"no journal" * 200)
    status, _, err = call(*command, "--config", served)
    assert (status, "cannot read the journal" in err, "serving" in err) == (78, True, False)


def test_a_stick_that_is_not_mounted_is_told_and_nothing_is_written_beside_it(call, served, tmp_path):
    status, out, err = call("export", "--config", served, "--usb", tmp_path / "usb")
    assert (status, out, (tmp_path / "usb").exists()) == (69, "", False)
    assert "Is the stick mounted there? Nothing was written." in err


def test_a_stick_is_found_where_desktops_mount_them(tmp_path):
    (tmp_path / "user" / "STICK").mkdir(parents=True)
    assert plugged_in([tmp_path], lambda path: path.name == "STICK") == [tmp_path / "user" / "STICK"]


def test_a_pulled_stick_leaves_whole_files_only_and_the_next_time_the_rest(tmp_path):
    from kiosk.office.sticks import write

    messages = [Message(f"sampling/v1/cn/r1/p/a/tubes/{n}", n, b"{}" * n) for n in range(1, 6)]

    def pulled():
        if len(list(tmp_path.rglob("*.json"))) == 3:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        write(messages, tmp_path, pulled)
    assert write(messages, tmp_path) == 2
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {"cn-r1-p-a/SHA256SUMS", *(f"cn-r1-p-a/tubes-{n}.json" for n in range(1, 6))}


def test_what_earlier_rounds_left_lies_beside_this_one_and_the_sums_are_right(tmp_path):
    from kiosk.office.sticks import write

    messages = [Message(f"sampling/v1/cn/{name}/p/a/counts", n, b"{}" * n) for n, name in enumerate(("r1", "r2"), 1)]
    assert write(messages, tmp_path) == 2
    assert write(messages, tmp_path) == 0
    assert [(tmp_path / f"cn-{name}-p-a" / "counts.json").read_bytes() for name in ("r1", "r2")] == [b"{}", b"{}{}"]
    for folder in tmp_path.iterdir():
        assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, timeout=10, check=False).returncode == 0
