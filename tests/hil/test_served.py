"""A run of residents: paper, journal, broker and people agree."""

import fcntl
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing

import cbor2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

RESIDENTS = 60


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """`kiosk demo` as a newcomer runs it, with tubes of five and a fast head; once for all of the run's workers."""
    shared = tmp_path_factory.getbasetemp().parent / f"served-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "out" / "summary.json").exists():
            _demo(shared / "out")
    return shared / "out"


def _demo(out):
    command = [sys.executable, "-m", "kiosk", "demo", "--residents", str(RESIDENTS), "--seed", "7"]
    command += ["--pool", "5", "--speed", "600", "--out", out.name]
    done = subprocess.run(
        command, cwd=out.parent, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def summary(run):
    return json.loads((run / "summary.json").read_text(encoding="utf-8"))


def rows(run, query):
    with closing(sqlite3.connect(run / "state" / "journal.sqlite")) as database:
        return database.execute(query).fetchall()


pytestmark = pytest.mark.timeout(200)


def test_everybody_was_answered_as_the_story_goes(summary):
    assert summary["residents"] == RESIDENTS
    assert summary["refused"] == {"already-sampled": 3, "unknown-code": 3, "unreadable": 3, "wrong-check-digit": 3}
    assert (summary["samples"], summary["vouchers"], summary["tubes"], summary["labels"]) == (48, 48, 10, 10)


def opened(text, public_key):
    """The claims of a voucher that this key has signed, by RFC 9285, 9052 and 8392 and nothing of the kiosk's."""
    assert text.startswith("KV1:")
    digits = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".index(character) for character in text[4:]]
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    values = [(sum(digit * 45**place for place, digit in enumerate(group)), len(group) - 1) for group in groups]
    message = cbor2.loads(b"".join(value.to_bytes(size, "big") for value, size in values))
    protected, unprotected, payload, signature = message.value
    assert (message.tag, cbor2.loads(protected)) == (18, {1: -8})
    assert dict(unprotected) == {4: hashlib.sha256(public_key.public_bytes_raw()).digest()[:4]}
    public_key.verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.loads(payload)


def codes_on(png):
    """Of the two kinds that are printed: in the modules of one QR code of two thousand a decoder that is asked for all
    kinds finds four digits of ITF too, or a DataBar symbol."""
    kinds = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode]
    return zxingcpp.read_barcodes(Image.open(png).convert("L"), formats=kinds)


def test_each_slip_reads_back_to_what_the_journal_holds(run):
    """An independent decoder reads every PNG; each holds exactly one code, and each code is on one slip."""
    read: dict[str, list[str]] = {"Code128": [], "QRCode": []}
    for png in sorted((run / "paper").glob("*.png")):
        found = codes_on(png)
        assert len(found) == 1, png.name
        read[found[0].format.name].append(found[0].text)
    tubes = [code for (code,) in rows(run, "SELECT code FROM tubes")]
    assert Counter(read["Code128"]) == Counter(tubes)
    assert len(set(tubes)) == len(tubes)
    seed = bytes.fromhex((run / "state" / "keys" / "voucher-key").read_text(encoding="ascii"))
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    said = [tuple(sorted(opened(text, public_key).items())) for text in read["QRCode"]]
    samples = rows(run, "SELECT name, number, wall_ms, voucher FROM samples")
    assert Counter(said) == Counter(map(expected_claims, samples))


def expected_claims(sample):
    name, number, wall_ms, voucher = sample
    subject = f"{name} {number[-4:]}" if name else number[-4:]
    cti = int(voucher[1:]).to_bytes(6, "big")
    return (1, "2022-05-r1/wy-0352/a"), (2, subject), (6, wall_ms // 1000), (7, cti)


def test_a_guard_finds_every_voucher_genuine_and_a_changed_one_not(run):
    """`kiosk verify` on what a decoder reads from the paper, with the kiosk's line in the keys file."""
    keys = run / "state" / "voucher-keys"
    command = [sys.executable, "-m", "kiosk", "public-key", "--credentials", str(run / "state" / "keys")]
    keys.write_text(subprocess.run(command, capture_output=True, text=True, check=True).stdout, encoding="utf-8")
    texts = [codes_on(png)[0].text for png in sorted((run / "paper").glob("*-V*.png"))]
    command = [sys.executable, "-m", "kiosk", "verify", "--keys", str(keys), "--language", "en"]
    done = subprocess.run(command, input="\n".join([*texts, texts[0][:-4]]), capture_output=True, text=True, timeout=50)
    *genuine, changed = done.stdout.splitlines()
    assert sum(line.startswith("GENUINE  V0352") for line in genuine) == len(genuine) == 48
    assert changed == "NOT A VOUCHER"
    assert done.returncode == 1


def test_the_last_counts_at_the_subscriber_are_the_journals(run, summary):
    lines = [json.loads(line) for line in (run / "counts.jsonl").read_text(encoding="utf-8").splitlines()]
    last = [line for line in lines if "/2022-05-r1/wy-0352/a/counts/" in line["topic"]][-1]
    counts = last["payload"]
    assert counts["samples"] == summary["samples"] == rows(run, "SELECT count(*) FROM samples")[0][0]
    assert counts["tubes"] == rows(run, "SELECT count(*) FROM tubes WHERE filled > 0")[0][0]
    assert counts["labels"] == rows(run, "SELECT count(*) FROM jobs WHERE kind = 'label'")[0][0]
    assert counts["refused"] == summary["refused"]
    sequence = [line["payload"]["seq"] for line in lines if "/counts/" in line["topic"]]
    assert sequence == sorted(sequence)


def test_birth_and_orderly_end_are_told(run):
    lines = [json.loads(line) for line in (run / "counts.jsonl").read_text(encoding="utf-8").splitlines()]
    states = [line["payload"]["state"] for line in lines if line["topic"].endswith("/status")]
    assert (states[0], states[-1]) == ("online", "offline")
    assert "lost" not in states


def test_every_job_was_proved(run):
    assert rows(run, "SELECT DISTINCT state FROM jobs") == [("confirmed",)]


def test_no_identity_left_the_table(run):
    """Neither on disk nor in the log nor in a message stands a whole number or a name."""
    numbers = b"110199"
    for file in (*(run / "state").glob("*"), run / "counts.jsonl"):
        if file.is_file():
            assert numbers not in file.read_bytes(), file.name


def test_the_figures_are_whole(summary):
    ours, hops = summary["ours_ms"], summary["hops_ms"]
    assert set(hops) == {"decode", "decide", "commit", "render", "wire", "paper", "confirm"}
    assert all(set(hop) == {"p50", "p90", "p99"} for hop in hops.values())
    assert summary["scan_to_paper_ms"]["p50"] >= summary["limit_ms"]["p50"]
    assert 0 < ours["p50"] <= ours["p99"]


def test_ours_is_less_than_half_of_wire_and_paper(summary):
    """However many tests run beside it: `make bench` tells the share on a quiet machine."""
    assert summary["ours_ms"]["p50"] < 0.5 * summary["limit_ms"]["p50"]
