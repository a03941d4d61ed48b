"""The pages' server and whoever does not mean well: a clear refusal each time, and everybody else is served."""

import contextlib
import json
import socket
import time
from pathlib import Path

import pytest
from page_rig import Pages

from kiosk.model import StaffAction
from kiosk.screen.lines import Kind, Pressed
from kiosk.screen.web.server import LATE_MS, MOST_LINES

pytestmark = pytest.mark.slow
READY = {"tone": "ready", "symbol": "show", "headline": "请出示证件", "line": ""}
RESIDENT = {"resting": READY, "passing": None, "for_ms": 0}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    with Pages(tmp_path_factory.mktemp("pages")) as pages:
        pages.kiosk.say(Kind.RESIDENT, RESIDENT)
        pages.kiosk.say(Kind.STAFF, {"now": "staff only"})
        yield pages


@pytest.fixture
def paired(pages):
    """A tablet's cookie."""
    return _pair(pages)


def _pair(pages, name="平板"):
    code = json.loads(pages.post("/staff/pairing", {})[2])["code"]
    time.sleep(1.05)
    status, headers, _ = pages.post("/staff/pair", {"code": code, "name": name}, tls=True)
    assert status == 204
    cookie = headers["Set-Cookie"]
    assert all(word in cookie for word in ("__Host-", "Secure", "HttpOnly", "SameSite=Strict"))
    return cookie.partition(";")[0]


def _says(response, word, within_s=10):
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        line = response.readline()
        if word in line:
            return True
        if not line:
            return False
    return False


def _serves(pages):
    return pages.ask("GET", "/resident")[0] == 200


def test_both_pages_are_served_whole_by_themselves(pages):
    for page in ("resident", "staff"):
        status, headers, body = pages.ask("GET", f"/{page}")
        assert status == 200
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert b"http" not in body, "nothing is fetched from elsewhere"
        assert b"<script>" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/../kiosk.toml",
        "/..%2f..%2fkeys/screen-key",
        "/%2e%2e/devices/devices.json",
        "/resident/../../kiosk.toml",
        "//etc/passwd",
        "/resident.html",
        "/resident%00.css",
        "/devices.json",
        "/" + "a" * 4000,
    ],
)
def test_no_path_leads_to_a_file(pages, path):
    status, _, body = pages.ask("GET", path)
    assert status == 404
    assert body == b"404\n"


def test_endless_headers_and_bodies_are_cut_off(pages):
    for rest in (b"X-A: " + b"a" * 10_000_000 + b"\r\n\r\n", b"Content-Length: 10000000\r\n\r\n" + b"b" * 100_000):
        with socket.create_connection(("127.0.0.1", pages.port), 10) as line:
            try:
                line.sendall(f"POST /staff/act HTTP/1.1\r\nHost: 127.0.0.1:{pages.port}\r\n".encode() + rest)
                answer = line.recv(100)
            except OSError:
                answer = b""
            assert answer == b"" or answer.split()[1] in (b"400", b"413", b"431")
        assert _serves(pages)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80"])
def test_a_name_that_is_not_ours_is_refused(pages, host):
    status, _, body = pages.ask("GET", "/resident", headers={"Host": host})
    assert status in (400, 421)
    assert b"html" not in body


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/staff/act", "/staff/pairing", "/staff/devices"])
def test_another_page_presses_nothing(pages, path, headers):
    before = len(pages.kiosk.pressed)
    body = json.dumps({"act": "seal", "name": "平板"}).encode()
    status, _, _ = pages.ask("POST", path, body, {"Content-Type": "application/json", **headers})
    assert status == 403
    assert len(pages.kiosk.pressed) == before


def test_a_form_presses_nothing(pages):
    """What a foreign page may send without being asked first."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        status, _, _ = pages.ask("POST", "/staff/act", b'{"act":"seal"}', {"Content-Type": kind})
        assert status == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "seal",
        {"act": "drop"},
        {"act": "yes"},
        {"act": "yes", "about": "x" * 100},
        {"act": "yes", "about": "\ud800"},
        {"act": 1},
    ],
)
def test_no_act_that_there_is_not_and_no_answer_without_its_question(pages, body):
    assert pages.post("/staff/act", body)[0] == 400


def test_what_is_pressed_reaches_the_kiosk_with_who_pressed_it(pages, paired):
    assert pages.press({"act": "seal"})[0] == 202
    assert pages.press({"act": "yes", "about": "slip-7"}, tls=True, Cookie=paired)[0] == 202
    end = time.monotonic() + 10
    while len(pages.kiosk.pressed) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    assert pages.kiosk.pressed[-2:] == [
        Pressed(StaffAction.SEAL, "", "screen"),
        Pressed(StaffAction.YES, "slip-7", pages.kiosk.pressed[-1].device),
    ]
    assert pages.kiosk.pressed[-1].device.startswith("平板")


@pytest.mark.parametrize("seen", ["", "x", "-1", "1", "9" * 30, "late", "ahead"])
def test_what_is_pressed_on_a_page_that_is_behind_is_not_done(pages, seen):
    """The network held the press up, or the tablet slept: the table is another by now."""
    now_ms = time.monotonic_ns() // 1_000_000
    seen = {"late": str(now_ms - LATE_MS - 1), "ahead": str(now_ms + 60_000)}.get(seen, seen)
    before = len(pages.kiosk.pressed)
    assert pages.press({"act": "void-last", "seen": seen})[0] == 409
    assert len(pages.kiosk.pressed) == before


def test_one_machine_does_not_keep_the_tablets_out(pages, paired):
    """It opens as many lines as it is given, and says nothing."""
    lines = []
    try:
        for _ in range(3 * MOST_LINES):
            line = socket.socket()
            line.bind(("127.0.0.2", 0))
            lines.append(line)
            with contextlib.suppress(OSError):
                line.connect(("127.0.0.1", pages.tls_port))
        time.sleep(0.3)
        assert pages.press({"act": "seal"}, tls=True, Cookie=paired)[0] == 202
    finally:
        for line in lines:
            line.close()


def test_a_device_that_nobody_paired_sees_and_does_nothing_of_staff(pages):
    status, _, body = pages.ask("GET", "/staff", tls=True)
    assert status == 200
    assert b'id="code"' in body
    assert b"/staff.js" not in body
    forged = "__Host-kiosk-device=" + "A" * 43
    for cookie in ({}, {"Cookie": forged}):
        assert pages.ask("GET", "/staff/events", headers=cookie, tls=True)[0] == 403
        assert pages.ask("POST", "/staff/act", b'{"act":"seal"}', cookie, tls=True)[0] == 403
    for path in ("/staff/devices",):
        assert pages.ask("GET", path, tls=True)[0] == 404
    assert pages.post("/staff/pairing", {}, tls=True)[0] == 404


def test_a_device_that_nobody_paired_does_not_see_who_comes(pages, paired):
    assert b'id="code"' in pages.ask("GET", "/resident", tls=True)[2]
    assert pages.ask("GET", "/resident/events", tls=True)[0] == 403
    with pages.events("resident", paired, tls=True) as events:
        assert _says(events, "请出示证件".encode())


def test_guessing_a_code_is_slowed_and_ends(pages):
    code = json.loads(pages.post("/staff/pairing", {})[2])["code"]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    time.sleep(1.05)
    answers = [pages.post("/staff/pair", {"code": wrong, "name": "x"}, tls=True)[0] for _ in range(5)]
    assert answers[0] == 403
    assert set(answers[1:]) == {429}
    for _ in range(4):
        time.sleep(1.05)
        assert pages.post("/staff/pair", {"code": wrong, "name": "x"}, tls=True)[0] == 403
    time.sleep(1.05)
    assert pages.post("/staff/pair", {"code": code, "name": "x"}, tls=True)[0] == 403


def test_a_device_that_is_disconnected_sees_nothing_from_then_on(pages):
    cookie = _pair(pages, "丢失的平板")
    with pages.events("staff", cookie, tls=True) as events:
        assert _says(events, b"staff only")
        assert pages.post("/staff/devices", {"name": "丢失的平板"})[0] == 204
        assert _says(events, b"ended")
    assert pages.ask("GET", "/staff/events", headers={"Cookie": cookie}, tls=True)[0] == 403
    assert b'id="code"' in pages.ask("GET", "/staff", headers={"Cookie": cookie}, tls=True)[2]


def test_websockets_by_the_hundred_hold_nobody_up(pages):
    lines = []
    upgrade = (
        f"GET /resident/events HTTP/1.1\r\nHost: 127.0.0.1:{pages.port}\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    try:
        for _ in range(3 * MOST_LINES):
            line = socket.create_connection(("127.0.0.1", pages.port), 10)
            lines.append(line)
            try:
                line.sendall(upgrade)
            except OSError:
                continue
        open_now = _descriptors(pages.process.pid)
        assert open_now < MOST_LINES + 40
    finally:
        for line in lines:
            line.close()
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            served = _serves(pages)
        except OSError:
            time.sleep(0.1)
            continue
        assert served
        return
    raise AssertionError("nobody is served any more")


def _descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_twenty_readers_and_one_on_a_line_of_a_kilobyte_a_second(pages):
    """He is told less often, and nobody waits for him."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.connect(("127.0.0.1", pages.port))
    slow.sendall(f"GET /resident/events HTTP/1.1\r\nHost: 127.0.0.1:{pages.port}\r\n\r\n".encode())
    readers = [pages.events("resident") for _ in range(20)]
    answers = [reader.__enter__() for reader in readers]
    try:
        for answer in answers:
            assert _says(answer, "请出示证件".encode())
        for n in range(200):
            face = READY | {"line": f"{n:04d}" * 100}
            pages.kiosk.say(Kind.RESIDENT, {"resting": face, "passing": None, "for_ms": 0})
            slow.recv(20)
            time.sleep(0.01)
        for answer in answers:
            assert _says(answer, b"0199")
    finally:
        for reader in readers:
            reader.__exit__(None, None, None)
        slow.close()
        pages.kiosk.say(Kind.RESIDENT, RESIDENT)


def test_a_kiosk_that_ends_or_hangs_is_lost_to_the_pages_within_three_seconds(pages):
    with pages.events("resident") as events:
        assert _says(events, "请出示证件".encode())
        pages.kiosk.alive = False
        began = time.monotonic()
        try:
            assert _says(events, b"event: lost")
            assert time.monotonic() - began > 0.5, "a beat that is late is no loss yet"
        finally:
            pages.kiosk.alive = True
        assert _says(events, b"event: view"), "it is back by itself"
    assert pages.press({"act": "seal"})[0] == 202


def test_nothing_is_pressed_while_there_is_no_kiosk(tmp_path):
    with Pages(tmp_path) as pages:
        pages.kiosk.alive = False
        assert pages.press({"act": "seal"})[0] in (202, 503)
        time.sleep(2.5)
        assert pages.press({"act": "seal"})[0] == 503
