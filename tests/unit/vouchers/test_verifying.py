"""`kiosk verify` and `kiosk public-key`, as a guard and the one who sets up the gate run them."""

import io
import json
import os
import pty
import re
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime

import pytest

from kiosk.cli import gate, main
from kiosk.credentials import voucher_number
from kiosk.vouchers.token import Claims, Signer

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
KIOSK = Signer(bytes.fromhex(SEED))
STRANGER = Signer(bytes(32))
CLAIMS = Claims("2022-05-r1/wy-0352/a", "测** 0010", 1_653_000_000, "V0352000000158")
GENUINE = KIOSK.sign(CLAIMS)
UNDATED = KIOSK.sign(Claims("2022-05-r1/wy-0352/a", "0010", None, "V0352000000158"))
OTHER = KIOSK.sign(Claims("2022-05-r1/wy-0352/a", "0010", 1_653_000_000, voucher_number("0352", 2)))
FOREIGN = STRANGER.sign(CLAIMS)
FORGED = GENUINE[:-3] + "000"
WORDS = "  V0352000000158  测** 0010  2022-05-20 06:40  2022-05-r1/wy-0352/a"


@pytest.fixture
def keys(tmp_path):
    file = tmp_path / "voucher-keys"
    file.write_text(f"# gate 3\n\n{PUBLIC_KEY.upper()} wy-0352-a # the first table\n", encoding="utf-8")
    return file


def kiosk(*arguments):
    """Exit status, words and errors of the command, run in this process."""
    words, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(words), redirect_stderr(errors):
        try:
            status = main([*map(str, arguments)])
        except SystemExit as refused:
            status = int(refused.code or 0)
    return status, words.getvalue(), errors.getvalue()


def process(*arguments, scans=b""):
    """The same of a process of its own, to which a keyboard scanner types."""
    command = [sys.executable, "-m", "kiosk", *map(str, arguments)]
    done = subprocess.run(command, input=scans, capture_output=True, timeout=50)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "language", "words", "status"),
    [
        (GENUINE, "zh_CN", "真凭证" + WORDS, 0),
        (GENUINE, "en", "GENUINE" + WORDS, 0),
        (
            UNDATED,
            "en",
            "GENUINE, time not certain (the kiosk's clock was not set)  V0352000000158  0010  2022-05-r1/wy-0352/a",
            0,
        ),
        (FORGED, "zh_CN", "假凭证：未通过验证", 1),
        (FORGED, "en", "FORGED: the signature is wrong", 1),
        (FOREIGN, "en", "NOT PROVED: signed by a kiosk that is not in the keys file", 1),
        ("V0352000000158", "en", "NOT A VOUCHER", 1),
        ("https://pay.example/", "zh_CN", "不是采样凭证的二维码", 1),
    ],
)
def test_one_verdict(keys, text, language, words, status):
    assert kiosk("verify", "--keys", keys, "--language", language, text) == (status, words + "\n", "")


def test_several_and_one_of_them_forged(keys):
    status, said, _ = process("verify", "--keys", keys, "--timezone", "UTC", GENUINE, FORGED, GENUINE)
    assert [line[:3] for line in said.splitlines()] == ["真凭证", "假凭证", "真凭证"]
    assert "2022-05-19 22:40" in said
    assert status == 1


def test_lines_of_a_keyboard_scanner(keys):
    """CR LF and LF, blank lines, bytes that are no text: one line for each code."""
    scans = GENUINE.encode() + b"\r\n\r\n" + UNDATED.encode() + b"\n\xff\xfe\x00\n" + FORGED.encode()
    status, said, errors = process("verify", "--keys", keys, "--language", "en", scans=scans)
    assert [line.split(" ")[0] for line in said.splitlines()] == ["GENUINE", "GENUINE,", "NOT", "FORGED:"]
    assert (status, errors) == (1, "")
    assert process("verify", "--keys", keys)[0] == 0


def test_each_code_is_answered_before_the_next_is_scanned(keys):
    command = [sys.executable, "-m", "kiosk", "verify", "--keys", str(keys), "--language", "en"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as guard:
        assert guard.stdin is not None
        assert guard.stdout is not None
        for text, words in ((GENUINE, "GENUINE"), (FORGED, "FORGED"), (GENUINE, "GENUINE")):
            guard.stdin.write(text.encode() + b"\n")
            guard.stdin.flush()
            assert guard.stdout.readline().decode().startswith(words)


def test_on_a_terminal_good_is_green_and_all_else_red(keys):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "verify", "--keys", str(keys), GENUINE, FORGED]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, stdout=theirs, timeout=50).returncode == 1
    os.close(theirs)
    good, forged = os.read(ours, 4096).decode().splitlines()
    os.close(ours)
    assert good == f"\x1b[1;32m真凭证{WORDS}\x1b[0m"
    assert forged == "\x1b[1;31m假凭证：未通过验证\x1b[0m"


@pytest.mark.parametrize(
    ("hours_ago", "words", "status"),
    [(1, "GENUINE", 0), (47, "GENUINE", 0), (49, "TOO OLD", 1), (-1, "DATED IN THE FUTURE", 1), (-0.1, "GENUINE", 0)],
)
def test_age(keys, hours_ago, words, status):
    text = KIOSK.sign(Claims("r/p/a", "0010", int(time.time() - 3600 * hours_ago), "V0352000000158"))
    found, said, _ = kiosk("verify", "--keys", keys, "--language", "en", "--max-age", 48, text)
    assert (found, said[: len(words)]) == (status, words)


def test_the_age_of_a_voucher_without_time_is_not_proved(keys):
    status, said, _ = kiosk("verify", "--keys", keys, "--max-age", "0.5", UNDATED)
    assert status == 1
    assert said.startswith("不能确认：凭证上没有时间")
    status, said, _ = kiosk("verify", "--keys", keys, "--max-age", "0.5", "--language", "en", UNDATED)
    assert said.startswith("NOT PROVED: no time on it")


@pytest.mark.parametrize(
    "scan",
    [
        GENUINE.lower(),
        GENUINE.swapcase(),
        f"\ufeff{GENUINE}",
        f" \t{GENUINE}\u3000\u200b",
        f"]Q1{GENUINE}",
        f"]Q2\\000026{GENUINE}",
        f"\\000003{GENUINE}\x1d",
    ],
)
def test_however_a_scanner_sends_it(keys, scan):
    assert process("verify", "--keys", keys, scans=scan.encode() + b"\t\r\n")[:2] == (0, f"真凭证{WORDS}\n")
    assert kiosk("verify", "--keys", keys, scan)[0] == 0


def test_what_stands_for_nothing_else_is_still_no_voucher(keys):
    for odd in (GENUINE.replace("K", "ſ", 1), f"]z6{GENUINE}", f"]Q1]Q1{GENUINE}", "\ufeff"):
        assert kiosk("verify", "--keys", keys, odd)[:2] == (1, "不是采样凭证的二维码\n")


def test_a_voucher_that_was_shown_before_is_told_with_the_time(keys):
    again = UNDATED.replace("K", "k", 1)
    said = kiosk("verify", "--keys", keys, "--language", "en", UNDATED, FORGED, OTHER, again)[1]
    lines = said.splitlines()
    assert [line.startswith("GENUINE") for line in lines] == [True, False, True, True]
    assert not any("shown before" in line for line in lines[:3])
    assert re.search(
        r"  checked here before at [0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}: compare with the person$", lines[3]
    )
    assert "已在本机验过" in kiosk("verify", "--keys", keys, OTHER, OTHER)[1].splitlines()[1]


def test_a_withdrawn_voucher_is_told_whatever_its_age(keys, tmp_path):
    (tmp_path / "a").write_text("# none\n", encoding="utf-8")
    (tmp_path / "b").write_text("\ufeffv0352000000158 r1 # a\n\n", encoding="utf-8")
    lists = ("--withdrawn", tmp_path / "a", "--withdrawn", tmp_path / "b")
    status, said, _ = kiosk("verify", "--keys", keys, "--language", "en", "--max-age", "1", *lists, GENUINE, OTHER)
    assert status == 1
    assert (
        said.splitlines()[0]
        == "WITHDRAWN: the registration was taken back; keep the paper, send the person to the table" + WORDS
    )
    assert said.splitlines()[1].startswith("TOO OLD")
    assert kiosk("verify", "--keys", keys, *lists, OTHER)[0] == 0
    assert kiosk("verify", "--keys", keys, *lists, FORGED)[1].startswith("假凭证")


def test_a_list_of_withdrawn_vouchers_comes_anew_while_the_guard_works(keys, tmp_path):
    withdrawn = tmp_path / "withdrawn"
    withdrawn.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "kiosk", "verify", "--keys", str(keys), "--language", "en"]
    command += ["--withdrawn", str(withdrawn)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as guard:

        def told() -> str:
            assert guard.stdin is not None
            assert guard.stdout is not None
            guard.stdin.write(GENUINE.encode() + b"\n")
            guard.stdin.flush()
            return guard.stdout.readline().decode().split(" ")[0].rstrip(":")

        assert told() == "GENUINE"
        withdrawn.write_text("V0352000000158 r1\n", encoding="utf-8")
        assert told() == "WITHDRAWN"
        withdrawn.write_text("no number\n", encoding="utf-8")
        assert told() == "WITHDRAWN"
        withdrawn.unlink()
        assert told() == "WITHDRAWN"
        assert guard.stdin is not None
        guard.stdin.close()
        assert guard.stderr is not None
        assert b"line 1: holds no voucher's number" in guard.stderr.read()


def test_a_list_that_cannot_be_used_says_why(keys, tmp_path):
    status, said, errors = kiosk("verify", "--keys", keys, "--withdrawn", tmp_path / "none", GENUINE)
    assert (status, said) == (78, "")
    assert "Give --withdrawn FILE with what `kiosk withdrawn` prints" in errors
    (tmp_path / "odd").write_text("V0352000000158\nV0352000000159\n", encoding="utf-8")
    assert (
        "line 2: holds no voucher's number" in kiosk("verify", "--keys", keys, "--withdrawn", tmp_path / "odd", "")[2]
    )


def test_verdicts_for_programs(keys, tmp_path):
    (tmp_path / "list").write_text("V0352000000158\n", encoding="utf-8")
    status, said, _ = kiosk(
        "verify", "--json", "--keys", keys, "--withdrawn", tmp_path / "list", OTHER, OTHER, GENUINE, FORGED
    )
    found = [json.loads(line) for line in said.splitlines()]
    assert status == 1
    assert found[0] == {
        "finding": "genuine",
        "good": True,
        "number": "V0352000000255",
        "subject": "0010",
        "issued": "2022-05-20T06:40:00+08:00",
        "issuer": "2022-05-r1/wy-0352/a",
        "shown_before": None,
    }
    assert datetime.fromisoformat(found[1]["shown_before"]).tzinfo is not None
    assert [each["finding"] for each in found] == ["genuine", "genuine", "withdrawn", "wrong-signature"]
    assert found[3] == dict.fromkeys(found[0]) | {"finding": "wrong-signature", "good": False}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "file: No such file or directory. Give --keys FILE"),
        ("# none\n", "file: holds no key. Add the line of each kiosk"),
        (f"{PUBLIC_KEY}\nwy-0352-a {PUBLIC_KEY}\n{PUBLIC_KEY[:-2]}\n", "line 3: holds no public key."),
        (b"\xff\xfe", "file: is no text."),
    ],
)
def test_a_keys_file_that_cannot_be_used(tmp_path, content, words):
    file = tmp_path / "keys"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    status, said, errors = kiosk("verify", "--keys", file, GENUINE)
    assert (status, said) == (78, "")
    assert words in errors
    assert ("line 2" in errors) == ("line 3" in words)


@pytest.mark.parametrize(
    "odd", [("--max-age", "0"), ("--max-age", "nan"), ("--timezone", "Mars/Base"), ("--language", "fr")]
)
def test_odd_arguments_are_refused(keys, odd):
    status, said, errors = kiosk("verify", "--keys", keys, *odd, GENUINE)
    assert (status, said) == (2, "")
    assert f"argument {odd[0]}: " in errors


def test_a_keys_file_may_begin_with_the_mark_of_an_editor(keys):
    keys.write_bytes(b"\xef\xbb\xbf" + f"{PUBLIC_KEY} wy-0352-a\n".encode())
    assert kiosk("verify", "--keys", keys, GENUINE)[0] == 0


@pytest.mark.parametrize("name", ["table a\n0000", "table\x1b[2Ja", "a\u2028b"])
def test_a_name_is_one_line(tmp_path, name):
    (tmp_path / "voucher-key").write_text(SEED, encoding="ascii")
    status, said, errors = kiosk("public-key", "--credentials", tmp_path, "--name", name)
    assert (status, said) == (2, "")
    assert "must be one line of printable characters" in errors


def test_a_terminal_without_chinese_still_tells_the_verdict(keys):
    command = [sys.executable, "-m", "kiosk", "verify", "--keys", str(keys), GENUINE]
    done = subprocess.run(command, capture_output=True, timeout=50, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert b"V0352000000158" in done.stdout


def test_the_line_for_the_keys_file(tmp_path):
    (tmp_path / "voucher-key").write_text(SEED + "\n", encoding="ascii")
    line = process("public-key", "--credentials", tmp_path, "--name", "wy-0352 table a")
    assert line == (0, f"{PUBLIC_KEY} wy-0352 table a\n", "")
    (tmp_path / "keys").write_text(line[1], encoding="utf-8")
    assert kiosk("verify", "--keys", tmp_path / "keys", GENUINE)[0] == 0


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "voucher-key: No such file or directory. Put the key into"),
        ("short", "voucher-key: is shorter than 16 bytes"),
        (SEED[:-1], "voucher-key: is not 64 hex digits. Make a new one: openssl rand -hex 32"),
        (SEED[:-1] + "x", "voucher-key: is not 64 hex digits"),
        (SEED + SEED, "voucher-key: is not 64 hex digits"),
        (SEED[:32] + " " + SEED[32:], "voucher-key: is not 64 hex digits"),
        ("测" * 22, "voucher-key: is not 64 hex digits"),
    ],
)
def test_a_voucher_key_that_cannot_be_used(tmp_path, key, words):
    if key is not None:
        (tmp_path / "voucher-key").write_text(key, encoding="utf-8")
    status, said, errors = kiosk("public-key", "--credentials", tmp_path)
    assert (status, said) == (78, "")
    assert words in errors
    assert SEED[:16] not in errors


def test_a_list_that_could_not_be_read_once_is_read_again(tmp_path, capsys):
    """It had changed, could not be read, and then could, with nothing but its rights changed."""
    file = tmp_path / "withdrawn"
    file.write_text("V0352000000158 r1\n", encoding="utf-8")
    lists = gate._Lists([file])  # noqa: SLF001 - what the guard's machine holds while it runs
    known = lists.read()
    text = "V0352000000158 r1\nV0352000000255 r1\n"
    file.write_bytes(b"\xff" * len(text))
    assert lists.read_again(known) == known
    stamp = file.stat()
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert lists.read_again(known) == {"V0352000000158", "V0352000000255"}
