"""The demo as a visitor sees it in a browser: they play resident and fault, and the pages tell what came of it."""

import os
import re
import signal
import subprocess
import sys

import pytest
from browser import chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
READY = "() => document.body.dataset.tone === 'ready'"


@pytest.fixture
def demo(tmp_path):
    """`kiosk demo` on no terminal; the addresses of its pages, as it says them."""
    command = [sys.executable, "-m", "kiosk", "demo", "--language", "zh_CN", "--out", str(tmp_path / "out")]
    # Whoever started the tests in a shell's background has Ctrl-C ignored, and a child would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    signal.signal(signal.SIGINT, before)
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found = re.findall(r"http://127\.0\.0\.1:[0-9]+/[a-z]*", line)
        if found:
            break
    yield found
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(60) == 0
    process.stdout.close()
    assert "slips, counts and figures are in" in rest


def test_a_visitor_plays_resident_and_fault(demo):
    resident_at, staff_at, play_at = demo
    with chromium() as browser:
        play, resident, staff = (browser.new_page() for _ in range(3))
        faults: list[str] = []
        for page in (play, resident, staff):
            page.on("pageerror", lambda error: faults.append(str(error)))
        play.goto(play_at)
        play.get_by_role("button", name="让别人先别来").click()
        play.locator("[data-turn=crowd][aria-pressed=true]").wait_for()
        _open(resident, resident_at)
        _open(staff, staff_at)
        resident.wait_for_function(READY)
        play.get_by_role("button", name="刷身份证").click()
        resident.wait_for_function("() => document.getElementById('headline').textContent === '登记成功'")
        assert resident.locator("#name").inner_text().endswith("*")
        resident.wait_for_function(READY)
        play.get_by_role("button", name="打印纸用完").click()
        resident.wait_for_function("() => document.body.dataset.symbol === 'paper'")
        staff.locator("#faults li", has_text="缺纸").wait_for()
        play.get_by_role("button", name="打印纸用完").click()
        resident.wait_for_function(READY)
        play.get_by_role("button", name="断开网络").click()
        staff.get_by_text("已断开，照常登记").wait_for()
        play.get_by_role("button", name="断开网络").click()
        staff.get_by_text("已连接", exact=True).wait_for()
        play.locator("#slips img").first.wait_for()
        assert faults == []


def _open(page, address):
    """The process of the pages starts beside the kiosk."""
    for _ in range(100):
        try:
            page.goto(address)
        except Exception:
            page.wait_for_timeout(200)
        else:
            return
    raise AssertionError(f"nobody at {address}")
