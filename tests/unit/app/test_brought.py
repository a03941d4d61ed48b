"""What a stick brought: each once, and once more where it could not be kept."""

import queue

import pytest

from kiosk.app.brought import BroughtWatch, put_order
from kiosk.engine.inbox import Inbox, OrderRead
from kiosk.messages import Address
from kiosk.model.orders import RenewCodes
from kiosk.vouchers.envelope import SigningKey
from kiosk.vouchers.order import signed

HERE = Address("cn", "r1", "wy-0352", "a")


def read(inbox: Inbox) -> list[str]:
    found: list[str] = []
    while True:
        try:
            item = inbox.get(timeout=0)
        except queue.Empty:
            return found
        assert isinstance(item, OrderRead)
        found.append(item.text)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_an_order_is_read_once_and_again_where_it_could_not_be_written(tmp_path, inbox):
    order = signed(5, ("cn", "r1", "+", "+"), RenewCodes(1), SigningKey(b"c" * 32))
    put_order(order, tmp_path / "brought")
    watch = BroughtWatch(inbox, tmp_path, HERE, lambda: 0)
    watch.look()
    watch.look()
    assert read(inbox) == [order.text]
    watch.again()
    watch.look()
    watch.look()
    assert read(inbox) == [order.text]


def test_a_link_in_the_kiosks_folder_gives_it_nothing_of_another(tmp_path, monkeypatch):
    given: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "os.chown", lambda path, _u, _g, follow_symlinks=True: given.append((str(path), follow_symlinks))
    )
    put_order(signed(5, ("cn", "r1", "+", "+"), RenewCodes(1), SigningKey(b"c" * 32)), tmp_path / "brought")
    assert [follows for _, follows in given] == [False, False, False]
