"""What the pages' process keeps of the kiosk's words: the newest, and nothing of a person after its time."""

import json

import pytest

from kiosk.screen.lines import Kind
from kiosk.screen.web.newest import SILENT_S, Newest

READY = {"tone": "ready", "name": ""}
CLOSED = {"tone": "closed", "name": ""}
PERSON = {"tone": "accepted", "name": "测**"}


class World:
    def __init__(self):
        self.now_s = 100.0
        self.newest = Newest(lambda: self.now_s)

    def say(self, kind, view=None):
        self.newest.hear(json.dumps({"kind": kind, "view": view}).encode())

    def resident(self, passing=None, for_ms=0, resting=READY):
        self.say("resident", {"resting": resting, "passing": passing, "for_ms": for_ms})


@pytest.fixture
def world():
    return World()


def test_before_the_first_word_the_kiosk_is_lost(world):
    assert world.newest.lost
    assert world.newest.view(Kind.RESIDENT) is None


def test_who_comes_late_sees_the_rest_of_the_time_only(world):
    world.resident(PERSON, 4000)
    world.now_s += 1.5
    assert world.newest.view(Kind.RESIDENT) == {"resting": READY, "passing": PERSON, "for_ms": 2500}


def test_nothing_of_a_person_is_kept_after_it(world):
    world.resident(PERSON, 1500)
    world.now_s += 1.5
    world.newest.forget()
    assert "测" not in repr(vars(world.newest))
    assert world.newest.view(Kind.RESIDENT) == {"resting": READY, "passing": None, "for_ms": 0}


def test_a_kiosk_that_falls_silent_is_lost_and_comes_back_with_its_next_word(world):
    world.resident()
    world.now_s += SILENT_S + 0.1
    assert world.newest.lost
    assert world.newest.view(Kind.RESIDENT) is None
    world.say("beat")
    assert world.newest.view(Kind.RESIDENT) is not None


def test_a_cut_line_is_told_at_once_and_nothing_old_shown_after_it(world):
    world.resident(PERSON, 4000)
    world.say("staff", {"now": 1})
    world.newest.lose()
    assert world.newest.lost
    world.say("beat")
    assert world.newest.view(Kind.RESIDENT) is None
    assert world.newest.view(Kind.STAFF) is None
    assert "测" not in repr(vars(world.newest))


def test_a_kiosk_that_closed_in_good_order_stays_closed(world):
    world.resident(resting=CLOSED)
    world.newest.lose()
    world.now_s += 3600
    assert world.newest.view(Kind.RESIDENT)["resting"] == CLOSED
    world.resident()
    assert world.newest.view(Kind.RESIDENT)["resting"] == READY


def test_a_view_that_could_not_be_made_is_as_a_kiosk_that_is_lost(world):
    world.resident(PERSON, 4000)
    world.say("staff", {"one": 1})
    world.say("resident")
    assert (world.newest.view(Kind.RESIDENT), world.newest.view(Kind.STAFF)) == (None, {"one": 1})
    world.resident()
    assert world.newest.view(Kind.RESIDENT) is not None


def test_a_kind_of_a_later_kiosk_is_left_alone(world):
    world.resident()
    world.say("weather", {"rain": True})
    assert world.newest.view(Kind.RESIDENT) is not None
