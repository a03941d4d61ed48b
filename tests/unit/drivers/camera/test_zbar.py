"""ZBar's child process: what it reads, what of it is believed, and that nothing of it stays behind."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from drivers.camera.zbar import ZBar, restored
from drivers.camera.zbar_child import MEMORY
from kiosk.virtual.camera_frames import Grey, modules

pytestmark = pytest.mark.slow

READ_BY_ANOTHER = """
import sys, time
import numpy as np
from drivers.camera.zbar import ZBar
zbar = ZBar()
zbar.read(np.zeros((48, 64), np.uint8))
print(zbar.pid, flush=True)
time.sleep(60)
"""


GROWS_ONCE = """
from collections import namedtuple
from enum import Enum
from pathlib import Path

Rect = namedtuple("Rect", "width height")
Decoded = namedtuple("Decoded", "data type rect")
ZBarSymbol = Enum("ZBarSymbol", "QRCODE CODE128")
grown = Path(__file__).with_name("grown")

def decode(picture, symbols):
    if grown.exists():
        return [Decoded(b"READ", "QRCODE", Rect(1, 1))]
    kept = []
    while True:
        kept.append(bytearray(b"1" * (1 << 20)))
        grown.write_bytes(bytes(len(kept)))
"""
"""Megabytes, counted in a file's length."""


def _full(_name: str) -> int:
    raise OSError(errno.EMFILE, "Too many open files")


def _frame(data: bytes) -> Grey:
    code = np.pad(modules("QRCode", data), 4, constant_values=255)
    return code.repeat(5, 0).repeat(5, 1)


@pytest.fixture
def zbar() -> Iterator[ZBar]:
    zbar = ZBar()
    yield zbar
    zbar.close()


def _read(zbar: ZBar, data: bytes) -> list[bytes]:
    return [symbol.data for symbol in zbar.read(_frame(data))]


def _alive(pid: int) -> bool:
    """Running or waiting to be reaped."""
    return Path(f"/proc/{pid}").exists()


def _has_ended(pid: int) -> bool:
    """Gone, or nobody has fetched its status yet."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def _within(seconds: float, come_true: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not come_true() and time.monotonic() < end:
        time.sleep(0.02)
    return come_true()


def _pid(zbar: ZBar) -> int:
    assert zbar.pid is not None
    return zbar.pid


def test_starts_nothing_before_the_first_frame(zbar):
    assert zbar.pid is None


def test_reads_by_one_child(zbar):
    assert _read(zbar, b"ONE") == [b"ONE"]
    child = zbar.pid
    assert _read(zbar, b"TWO") == [b"TWO"]
    assert zbar.pid == child


def test_a_frame_need_not_wait_for_the_child_to_start(zbar):
    assert zbar.read(_frame(b"EARLY"), patient=False) == []
    child = zbar.pid
    assert _within(20, lambda: [symbol.data for symbol in zbar.read(_frame(b"LATER"), patient=False)] == [b"LATER"])
    assert zbar.pid == child


def test_a_larger_frame_is_read_too(zbar):
    assert _read(zbar, b"S") == [b"S"]
    assert _read(zbar, b"LARGE" * 40) == [b"LARGE" * 40]


@pytest.mark.parametrize("signal_", [signal.SIGKILL, signal.SIGSEGV])
def test_a_child_that_died_costs_one_frame(zbar, signal_):
    assert _read(zbar, b"ONE") == [b"ONE"]
    child = _pid(zbar)
    os.kill(child, signal_)
    assert _read(zbar, b"LOST") == []
    assert not _alive(child)
    assert _read(zbar, b"TWO") == [b"TWO"]


def test_a_child_that_hangs_is_ended():
    zbar = ZBar(frame_s=0.3)
    assert _read(zbar, b"ONE") == [b"ONE"]
    child = _pid(zbar)
    os.kill(child, signal.SIGSTOP)
    assert _read(zbar, b"LOST") == []
    assert not _alive(child)
    assert _read(zbar, b"TWO") == [b"TWO"]
    zbar.close()


def test_where_zbar_is_not_installed_it_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "pyzbar.py").write_text(f"open({str(tmp_path / 'tries')!r}, 'a').write('x')\nraise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    zbar = ZBar()
    assert [_read(zbar, b"ONE") for _ in range(6)] == [[]] * 6
    assert (tmp_path / "tries").read_text() == "xxx"
    assert zbar.pid is None


def test_a_child_that_grows_ends_alone_and_the_next_one_reads(tmp_path, monkeypatch):
    (tmp_path / "pyzbar").mkdir()
    (tmp_path / "pyzbar" / "__init__.py").touch()
    (tmp_path / "pyzbar" / "pyzbar.py").write_text(GROWS_ONCE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    zbar = ZBar(frame_s=20)
    assert _read(zbar, b"LOST") == []
    assert zbar.pid is None
    assert (tmp_path / "pyzbar" / "grown").stat().st_size <= MEMORY >> 20
    assert _read(zbar, b"ONE") == [b"READ"]
    zbar.close()


def test_where_no_process_can_be_started_the_next_frame_tries_again(zbar, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(os, "memfd_create", _full)
        assert _read(zbar, b"LOST") == []
    assert _read(zbar, b"ONE") == [b"ONE"]


def test_a_child_is_replaced_after_its_frames():
    zbar = ZBar(frames=2)
    children = []
    for _ in range(4):
        assert _read(zbar, b"ONE") == [b"ONE"]
        children.append(_pid(zbar))
    zbar.close()
    assert children[0] == children[1] != children[2] == children[3]
    assert not _alive(children[1])


def test_nothing_is_left_after_closing(zbar):
    _read(zbar, b"ONE")
    child = _pid(zbar)
    zbar.close()
    assert zbar.pid is None
    assert not _alive(child)


def test_the_child_has_neither_our_files_nor_our_secrets(zbar, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with (tmp_path / "journal").open("w") as journal:
        os.set_inheritable(journal.fileno(), True)
        _read(zbar, b"ONE")
    files = {str(each.readlink()) for each in Path(f"/proc/{zbar.pid}/fd").iterdir()}
    assert not [name for name in files if name.startswith(str(tmp_path))]
    assert len(files) == 4
    assert b"CREDENTIALS" not in Path(f"/proc/{zbar.pid}/environ").read_bytes()


@pytest.mark.parametrize("stopped", [False, True], ids=["waiting", "looping"])
def test_the_child_goes_with_a_parent_that_is_killed(stopped):
    parent = subprocess.Popen([sys.executable, "-c", READ_BY_ANOTHER], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    if stopped:
        os.kill(child, signal.SIGSTOP)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert _within(10, lambda: _has_ended(child))


@pytest.mark.parametrize(
    ("written", "before"),
    [
        ("plain ASCII", b"plain ASCII"),
        ("ä½\xa0å¥½", "你好".encode()),
        ("MÃ¼ller Ã©", "Müller é".encode()),
        ("测试姓名|采样点", "测试姓名|采样点".encode()),
    ],
)
def test_what_zbar_wrote_anew_is_undone(written, before):
    assert restored(written.encode()) == before


@pytest.mark.parametrize("written", ["Müller", "採樣", "俷靡:桲\uf847", "ÿþ"])
def test_what_may_have_been_something_else_is_dropped(written):
    assert restored(written.encode()) is None


@pytest.mark.parametrize(
    "payload", ["姓名:张三|ID:110".encode("gb18030"), "你好".encode("gbk"), bytes(range(128, 140))]
)
def test_no_wrong_payload_comes_through(zbar, payload):
    assert _read(zbar, payload) in ([], [payload])


@pytest.mark.parametrize("payload", ["你好", "Müller é", "测试姓名|123456|采样点", "姓名"])
def test_chinese_in_utf_8_comes_through(zbar, payload):
    assert _read(zbar, payload.encode()) in ([], [payload.encode()])
    assert _read(zbar, b"next") == [b"next"]
