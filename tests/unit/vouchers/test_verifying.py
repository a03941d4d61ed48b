"""`kiosk verify` and `kiosk public-key`, as a guard and the one who sets up the gate run them."""

import io
import os
import pty
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout

import pytest

from kiosk.cli import main
from kiosk.vouchers.token import Claims, Signer

SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
KIOSK = Signer(bytes.fromhex(SEED))
STRANGER = Signer(bytes(32))
CLAIMS = Claims("2022-05-r1/wy-0352/a", "测** 0010", 1_653_000_000, "V0352000000158")
GENUINE = KIOSK.sign(CLAIMS)
UNDATED = KIOSK.sign(Claims("2022-05-r1/wy-0352/a", "0010", None, "V0352000000158"))
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
        (FORGED, "zh_CN", "假凭证：签名不符", 1),
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
    assert forged == "\x1b[1;31m假凭证：签名不符\x1b[0m"


@pytest.mark.parametrize(
    ("hours_ago", "words", "status"),
    [(1, "GENUINE", 0), (47, "GENUINE", 0), (49, "TOO OLD", 1), (-1, "DATED IN THE FUTURE", 1), (-0.1, "GENUINE", 0)],
)
def test_age(keys, hours_ago, words, status):
    text = KIOSK.sign(Claims("r/p/a", "0010", int(time.time() - 3600 * hours_ago), "V0352000000158"))
    found, said, _ = kiosk("verify", "--keys", keys, "--language", "en", "--max-age", 48, text)
    assert (found, said[: len(words)]) == (status, words)


def test_the_age_of_a_voucher_without_time_is_not_certain(keys):
    status, said, _ = kiosk("verify", "--keys", keys, "--max-age", "0.5", UNDATED)
    assert status == 0
    assert said.startswith("真凭证，时间不确定")


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
