"""Which face the resident's screen has: every word that is told has one, or is the staff's alone."""

import dataclasses
import json

import pytest
from pydantic import TypeAdapter

from kiosk.model import Refusal
from kiosk.ports import Hint, Signal
from kiosk.screen import faces
from kiosk.screen.faces import Kind, Symbol, Tone, in_passing, in_the_way, of_refusal
from kiosk.screen.resident import ResidentView
from kiosk.screen.staff import StaffView
from kiosk.session import Notice, Show
from kiosk.texts import LANGUAGES, Texts
from table_bench import FOR_WHOEVER_COMES

STAFFS_ALONE = {
    "badge-away",
    "badge-shown",
    "box-closed",
    "box-out-asked",
    "box-seal-asked",
    "box-sealed",
    "bag-next",
}
HINDERS = ["starting", "tube-wanted", "device-gone", "device-busy", "device-stuck", "exempt-asked", "void-asked"]


def every_kind() -> list[Kind]:
    hints = (in_passing(Show(Signal.READY, Notice(f"hint.{hint}"))) for hint in Hint)
    refusals = map(of_refusal, Refusal)
    return [*faces.FACES, *filter(None, hints), *filter(None, refusals)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_has_a_headline_that_is_read_from_three_metres_and_one_line(language):
    texts = Texts(language)
    for kind in every_kind():
        headline = texts.say(f"screen.head.{kind.words}")
        assert 1 <= len(headline) <= (6 if language == "zh_CN" else 14), headline
        assert len(texts.say(f"screen.line.{kind.words}")) <= (16 if language == "zh_CN" else 50)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_face_is_written_that_nobody_sees(language):
    words = {kind.words for kind in every_kind()} | {"lost"}
    for part in ("head", "line"):
        keys = Texts(language).keys()
        written = {key.rpartition(".")[2] for key in keys if key.startswith(f"screen.{part}.")}
        assert written == words


def test_each_tone_has_symbols_of_its_own_but_for_what_is_shown_to_the_reader():
    tones: dict[Symbol, set[Tone]] = {}
    for kind in every_kind():
        tones.setdefault(kind.symbol, set()).add(kind.tone)
    assert tones.pop(Symbol.SHOW) == {Tone.READY, Tone.WAIT}
    assert [symbol for symbol, found in tones.items() if len(found) > 1] == []
    assert tones[Symbol.TICK] == {Tone.ACCEPTED}
    assert tones[Symbol.CROSS] == {Tone.REFUSED}


@pytest.mark.parametrize("reason", sorted(FOR_WHOEVER_COMES))
def test_whoever_comes_to_a_table_that_serves_nobody_is_asked_to_wait_and_not_refused(reason):
    kind = of_refusal(reason)
    assert kind is not None
    assert kind.tone is Tone.WAIT
    assert in_the_way(Notice(f"refused.{reason}")) == kind


@pytest.mark.parametrize("key", HINDERS)
def test_whatever_is_in_the_way_lets_residents_wait(key):
    assert in_the_way(Notice(key)).tone is Tone.WAIT


@pytest.mark.parametrize("key", ["accepted", "accepted-unlisted", "accepted-died", "accepted-household"])
def test_whoever_is_registered_sees_it_in_green_with_a_tick(key):
    assert in_passing(Show(Signal.ACCEPTED, Notice(key))) == faces.ACCEPTED


def test_nobody_who_is_exempt_is_sent_to_be_sampled():
    assert in_passing(Show(Signal.NOTED, Notice("exempted.recovered"))) == faces.EXEMPT


@pytest.mark.parametrize("key", sorted(STAFFS_ALONE))
def test_what_staff_do_is_no_business_of_residents(key):
    assert in_passing(Show(Signal.NOTED, Notice(key))) is None


def test_what_stands_between_people_does_not_pass():
    """A lamp that comes on is no word to whoever stands there."""
    assert in_passing(Show(Signal.ATTENTION, Notice("refused.paper-out"))) is None
    assert in_passing(Show(Signal.REFUSED, Notice("refused.paper-out"))) == faces.PAPER


@pytest.mark.parametrize("view", [ResidentView, StaffView])
def test_views_have_a_schema(view):
    schema = TypeAdapter(view).json_schema()
    assert set(schema["properties"]) == {field.name for field in dataclasses.fields(view)}
    json.dumps(schema)
