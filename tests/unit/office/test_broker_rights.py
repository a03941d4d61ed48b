"""Who may do what at a broker: names of certificates, and the rights that come of them."""

import pytest

from kiosk.messages import BELOW, KINDS
from kiosk.office.brokers.names import Kind, name_of, names_of
from kiosk.office.brokers.rights import ASKED, PEOPLE, RECORDS, STATE, rights


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("wy-0352/a", Kind.KIOSK, "wy-0352"),
        ("point/a", Kind.KIOSK, "point"),
        ("point/wy-0352/state", Kind.POINT, "wy-0352"),
        ("county/wuyuan/records", Kind.COUNTY, "wuyuan"),
        ("centre", Kind.CENTRE, ""),
        ("check", Kind.CHECK, ""),
        ("records", Kind.RECORDS, ""),
        ("records-2", Kind.RECORDS, ""),
        ("recordsman", Kind.READER, ""),
        ("board", Kind.READER, ""),
        ("collector-b", Kind.READER, ""),
    ],
)
def test_a_name_says_what_one_is(text, kind, place):
    assert (name_of(text).kind, name_of(text).place) == (kind, place)


@pytest.mark.parametrize(
    "text", ["", "+", "wy-0352/#", "wy-0352/+", "a b", "A/b", "a/", "point/x/y", "a/b/c/d", "中心"]
)
def test_what_could_mean_more_than_one_or_nobody_is_no_name(text):
    with pytest.raises(ValueError, match="is no name: "):
        name_of(text)


def test_a_name_that_no_certificate_can_bear_is_refused():
    assert name_of("p" * 40 + "/" + "k" * 23).kind is Kind.KIOSK
    with pytest.raises(ValueError, match="has 65 letters: a certificate's name has 64 at most"):
        name_of("p" * 40 + "/" + "k" * 24)


def test_every_mistake_is_told_at_once_and_nobody_stands_there_twice():
    assert list(map(str, names_of(["b/2", "a/1", "b/2"]))) == ["a/1", "b/2"]
    with pytest.raises(ValueError, match=r"'X' is no name.*\n'#' is no name"):
        names_of(["X", "a/1", "#"])


def test_whatever_a_kiosk_says_it_may_say():
    below = {kind: f"{kind}/#" if kind in BELOW else kind for kind in KINDS}
    may = {*STATE, *RECORDS, *PEOPLE}
    assert {kind for kind, leaf in below.items() if leaf not in may and f"{kind}/#" not in may} == set()
    assert not set(ASKED) & may


def test_a_table_hears_its_neighbours_and_a_reader_no_hashes():
    assert rights(names_of(["wy-0352/b", "board"])).endswith(
        """
# The tables of a point hear each other: mosquitto knows no pattern for a part of a name, so it is a line for each.
user wy-0352/b
topic read sampling/v1/+/+/wy-0352/+/people/#

user board
topic deny sampling/v1/+/+/+/+/people/#
topic read sampling/v1/#
topic read $SYS/#
topic readwrite sampling/fence/#
"""
    )


def test_who_collects_records_may_ask_for_them_and_order_nothing():
    lines = rights(names_of(["records"])).splitlines()
    assert [line for line in lines if "write" in line] == [
        "topic write sampling/v1/+/+/+/+/ask",
        "topic readwrite sampling/fence/#",
    ]
    assert not [line for line in lines if "people" in line]


def test_a_county_speaks_for_its_region_alone_and_a_point_for_itself():
    county = rights(names_of(["county/wuyuan/records"]))
    point = rights(names_of(["point/wy-0352/records"]))
    assert county.endswith("\nuser county/wuyuan/records\ntopic write sampling/v1/wuyuan/+/+/+/tubes/#\n")
    assert point.endswith("\nuser point/wy-0352/records\ntopic write sampling/v1/+/+/wy-0352/+/tubes/#\n")


def test_who_is_withdrawn_has_no_right_left():
    text = rights(names_of(["wy-0352/a", "wy-0352/b"]), names_of(["wy-0352/a"]))
    assert text.count("wy-0352/a") == 1
    assert text.endswith("\nuser wy-0352/a\ntopic deny #\n")
