"""Which tablets see the staff's page: a short code that is hard to guess, and a device that can be sent away."""

import json

import pytest

from kiosk.screen.web.pairing import CODE_S, DEVICE_S, MOST_DEVICES, TRIES, Pairings, TooSoon


class Desk:
    """Pairings at a table whose clock is played."""

    def __init__(self, file):
        self.now_s = 1000.0
        self.set_s = 0.0
        self.file = file
        self.start()

    def start(self):
        self.pairings = Pairings(self.file, lambda: self.now_s + self.set_s, lambda: self.now_s)

    def pair(self, code, name="平板"):
        self.now_s += 2
        return self.pairings.pair(code, name)

    def wrong(self, code):
        return f"{(int(code) + 1) % 10**6:06d}"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "devices.json")


def test_a_code_lets_one_device_in_once(desk):
    code = desk.pairings.offer().code
    secret = desk.pair(code)
    assert desk.pairings.device(secret).name == "平板"
    assert desk.pair(code) is None


def test_without_a_code_on_show_nobody_is_let_in(desk):
    assert desk.pair("000000") is None
    assert desk.pair("") is None


def test_a_code_dies_of_age_of_another_one_and_of_wrong_tries(desk):
    code = desk.pairings.offer().code
    desk.now_s += CODE_S
    assert desk.pair(code) is None
    old, new = desk.pairings.offer().code, desk.pairings.offer().code
    assert old == new or desk.pair(old) is None
    code = desk.pairings.offer().code
    for _ in range(TRIES):
        assert desk.pair(desk.wrong(code)) is None
    assert desk.pair(code) is None


def test_guessing_is_slowed(desk):
    code = desk.pairings.offer().code
    desk.pair(desk.wrong(code))
    with pytest.raises(TooSoon):
        desk.pairings.pair(code, "x")
    assert desk.pair(code) is not None


def test_a_device_is_known_after_a_restart_until_its_day_is_over(desk):
    secret = desk.pair(desk.pairings.offer().code)
    desk.start()
    assert desk.pairings.device(secret) is not None
    desk.now_s += DEVICE_S
    assert desk.pairings.device(secret) is None
    assert desk.pairings.devices == ()


def test_a_device_that_was_sent_away_is_nobody(desk):
    kept = desk.pair(desk.pairings.offer().code, "留下")
    gone = desk.pair(desk.pairings.offer().code, "取消")
    assert desk.pairings.revoke("取消")
    assert not desk.pairings.revoke("取消")
    desk.start()
    assert desk.pairings.device(gone) is None
    assert desk.pairings.device(kept).name == "留下"


def _full(desk, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(desk.file), "write_text", full)


def test_a_full_disk_costs_no_code(desk, monkeypatch):
    code = desk.pairings.offer().code
    with monkeypatch.context() as disk:
        _full(desk, disk)
        with pytest.raises(OSError, match="No space"):
            desk.pair(code)
    assert desk.pairings.devices == ()
    assert desk.pair(code) is not None


def test_a_lost_tablet_is_sent_away_though_the_disk_is_full(desk, monkeypatch):
    gone = desk.pair(desk.pairings.offer().code, "丢失")
    kept = desk.pair(desk.pairings.offer().code, "留下")
    with monkeypatch.context() as disk:
        _full(desk, disk)
        assert desk.pairings.revoke("丢失")
    assert desk.pairings.device(gone) is None
    assert desk.pairings.device(kept) is not None
    desk.start()
    assert desk.pairings.device(gone) is None


@pytest.mark.parametrize("set_s", [-86400.0, 86400.0])
def test_a_clock_that_is_set_meanwhile_costs_no_code(desk, set_s):
    code = desk.pairings.offer().code
    desk.pair(desk.wrong(code))
    desk.set_s = set_s
    assert desk.pair(code) is not None


def test_a_code_is_taken_off_the_screen_once_it_lets_nobody_in(desk):
    assert not desk.pairings.offered
    code = desk.pairings.offer().code
    assert desk.pairings.offered
    for _ in range(TRIES):
        desk.pair(desk.wrong(code))
    assert not desk.pairings.offered
    desk.pair(desk.pairings.offer().code)
    assert not desk.pairings.offered


def test_two_of_one_name_can_be_told_apart(desk):
    for name in ("平板", "平板", "\n", "平" * 100, "screen"):
        assert desk.pair(desk.pairings.offer().code, name)
    names = ["平板", "平板 2", "?", "平" * 36, "screen 2"]
    assert [each.name for each in desk.pairings.devices] == names, "none is called as the table's own screen is"


def test_there_are_never_more_than_a_few(desk):
    for n in range(MOST_DEVICES + 2):
        desk.pair(desk.pairings.offer().code, f"{n}")
    assert [each.name for each in desk.pairings.devices] == [str(n) for n in range(2, MOST_DEVICES + 2)]


def test_no_secret_is_kept_and_the_file_is_nobody_elses(desk):
    secret = desk.pair(desk.pairings.offer().code)
    assert secret not in desk.file.read_text(encoding="utf-8")
    assert desk.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("torn", ["", "[", '[{"name": 1}]', "null"])
def test_a_torn_file_lets_nobody_in(desk, torn):
    secret = desk.pair(desk.pairings.offer().code)
    desk.file.write_text(torn, encoding="utf-8")
    desk.start()
    assert desk.pairings.device(secret) is None
    assert desk.pair(desk.pairings.offer().code) is not None
    assert len(json.loads(desk.file.read_text(encoding="utf-8"))) == 1
