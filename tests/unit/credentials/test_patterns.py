"""Patterns fit what `re` says that they fit, in a time that grows no faster than the text."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.credentials.characters import Characters, holds
from kiosk.credentials.expressions import Language
from kiosk.credentials.grammar import Choice, IrregularError, Node, Repeated, Row, parsed
from kiosk.credentials.patterns import Pattern, Walk, has_one_choice

CHARACTERS = "aAbBkK\u212asSſiIİı09٣_-.é£€中\n ß"
LITERALS = [
    "a",
    "B",
    "k",
    "s",
    "i",
    "é",
    "ß",
    "中",
    "-",
    r"\.",
    r"\-",
    "{",
    "}",
    "]",
    "a{x",
    "",
    r"\x41",
    r"\u0130",
    r"\n",
]
SETS = [
    "[ab]",
    "[^a]",
    "[a-z]",
    "[A-Z0-9_-]",
    "[]a]",
    "[^]a]",
    "[a-]",
    r"[\d.]",
    r"[^\W_]",
    r"[^\D0]",
    r"[\x41-é]",
    ".",
]
CLASSES = [r"\d", r"\D", r"\w", r"\W", r"\s", r"\S"]
LEAVES = st.sampled_from([*LITERALS, *SETS, *CLASSES])
TIMES = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{,2}", "{,}", "{0}", "*?", "+?", "??", "{1,2}?"]
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(TIMES)),
        st.builds("(?P<part>{})".format, LEAVES),
        st.builds("(?i:{})".format, inner),
        st.builds("(?-i:{})".format, inner),
    ),
    max_leaves=7,
)
WHOLE = st.one_of(
    EXPRESSIONS,
    st.builds("(?i){}".format, EXPRESSIONS),
    st.builds("^{}$".format, EXPRESSIONS),
    st.builds("{}|{}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("^(?:{}$|{})".format, EXPRESSIONS, EXPRESSIONS),
)
TEXTS = st.text(CHARACTERS, max_size=8)


def taken(expression: str) -> bool:
    """Two groups of one name are none of ours to judge."""
    try:
        re.compile(expression)
    except re.error:
        return False
    return True


@given(WHOLE.filter(taken), TEXTS)
@example("(a?b??)*", "ab")
@example("(a|ab)(c|bcd)(d*)", "abcd")
@example("(?:a?)*?b", "aab")
def test_a_pattern_fits_what_re_fits(expression, text):
    fits = re.fullmatch(expression, text) is not None
    assert bool(Pattern(expression).fits(text)) == fits
    assert Walk(Language(expression)).fits(text) == fits


@given(WHOLE.filter(taken).flatmap(lambda each: st.tuples(st.just(each), st.from_regex(each, fullmatch=True))))
def test_a_text_made_for_a_pattern_fits_it(made):
    expression, text = made
    assert Walk(Language(expression)).fits(text) == (re.fullmatch(expression, text) is not None)


HOSTILE = [
    ("([A-Za-z]+)+[-]END", "a"),
    ("(a|a)*b", "a"),
    ("(a|aa)+b", "a"),
    ("(a*)*b", "a"),
    ("a*a*a*a*a*a*b", "a"),
    ("(a?){60}b", "a"),
    ("(?i)(k|K)*(s|ſ)*b", "K"),
    ("(.*,)*X", "1,"),
    (r"(\w+\s?)*#", "ab "),
    ("([0-9]+|[0-9]{2,5})*x", "12"),
    ("(x+x+)+y", "x"),
    ("(|a)+(|b)+c", "ab"),
    ("(.|\n|[a-z])*(.|a)*(a|b|ab)*Z", "ab"),
]


class Counted(Language):
    """Counts the states that it looks at."""

    looked_at = 0

    def step(self, states, row):
        self.looked_at += sum(len(self._steps[each]) for each in states)
        return super().step(states, row)


@pytest.mark.parametrize(("expression", "part"), HOSTILE)
def test_time_grows_with_the_text_and_no_faster(expression, part):
    """Each character is looked at once and by each state once at most, whatever the text, and a second time in none."""
    assert not has_one_choice(expression)
    for length in (500, 1_000, 2_000, 4_000):
        text = (part * length)[:length]
        for each in (text, text + "!", "!" + text):
            language = Counted(expression)
            walk = Walk(language)
            walk.fits(each)
            assert language.looked_at <= len(each) * sum(map(len, language._steps))  # noqa: SLF001
            assert len(walk._known) <= 100  # noqa: SLF001
            learnt = language.looked_at
            walk.fits(each)
            assert language.looked_at == learnt


@pytest.mark.parametrize(("expression", "part"), HOSTILE[:4])
def test_what_ends_well_is_found_at_any_length(expression, part):
    end = {"([A-Za-z]+)+[-]END": "-END"}.get(expression, "b")
    assert Pattern(expression).fits(part * 4_000 + end)


def test_a_walk_forgets_and_finds_its_way_again():
    """What strangers hold up must not fill the memory."""
    pattern = Pattern("(.|[一-龥]{2})*(a|b)")
    fits: Any = pattern.fits
    walk = fits.__self__
    for at in range(0, 0xD000 - 0x100, 64):
        text = "".join(map(chr, range(0x100 + at, 0x140 + at)))
        assert pattern.fits(text + "a")
        assert not pattern.fits(text)
        assert walk._kept < 25_000  # noqa: SLF001


@pytest.mark.parametrize(
    ("expression", "one"),
    [
        ("[A-Za-z0-9_-]{32,256}", True),
        ("TB[0-9]{10}", True),
        ("[A-F0-9]{8}(-[A-F0-9]{4}){3}-[A-F0-9]{12}", True),
        ("([0-9]{4}-)*[0-9]", True),
        ("[0-9]{11}|[0-9]{13}|V[A-Z]+", True),
        ("^JKM-.*$", True),
        ("[A-Z]*[0-9]*", False),
        ("([A-Z]+-){2}", False),
        ("(A|B)[0-9]{4}", False),
        ("(a+)+", False),
        ("(a?)*", False),
    ],
)
def test_re_is_asked_only_where_it_has_one_choice(expression, one):
    assert has_one_choice(expression) == one
    assert isinstance(getattr(Pattern(expression).fits, "__self__", None), re.Pattern if one else Walk)


class GoingBack:
    """Tries all ways as `re` does, one after the other, and counts the characters that it looks at."""

    def __init__(self, text: str) -> None:
        self.text, self.looked_at = text, 0

    def ends(self, node: Node, at: int) -> Iterator[int]:
        match node:
            case Characters():
                self.looked_at += 1
                if at < len(self.text) and holds(node)(self.text[at]):
                    yield at + 1
            case Row(()):
                yield at
            case Row((first, *others)):
                for end in self.ends(first, at):
                    yield from self.ends(Row(tuple(others)), end)
            case Choice(ways):
                for way in ways:
                    yield from self.ends(way, at)
            case Repeated():
                yield from self.rounds(node, at)

    def rounds(self, node: Repeated, at: int) -> Iterator[int]:
        if node.most is None or node.most > 0:
            left = Repeated(node.part, max(0, node.least - 1), None if node.most is None else node.most - 1)
            for end in self.ends(node.part, at):
                if end > at or node.least > 0:
                    yield from self.rounds(left, end)
        if node.least == 0:
            yield at

    def all_ways(self, expression: str) -> int:
        """The worst that can happen: no way is the right one."""
        for _ in self.ends(parsed(expression), 0):
            pass
        return self.looked_at


def length(node: Node) -> int:
    """Characters of the longest way that goes round once where it may."""
    match node:
        case Characters():
            return 1
        case Row(parts):
            return sum(map(length, parts))
        case Choice(ways):
            return sum(map(length, ways))
        case Repeated(part, least, _):
            return length(part) * (least + 1)


@given(WHOLE.filter(taken).filter(has_one_choice), st.text("aB-k0中.", max_size=40))
@example("[a-z]*[a-z]{30}!", "a" * 40)
def test_with_one_choice_going_back_grows_no_faster_than_the_text(expression, text):
    most = 2 * (length(parsed(expression)) + 1) * (len(text) + 1)
    assert GoingBack(text).all_ways(expression) <= most


def test_with_more_choices_it_would():
    assert GoingBack("a" * 15).all_ways("([A-Za-z]+)+[-]END") > 2**15


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("(?=A)A", "looks around itself by (?="),
        ("(?!V)[A-Z]", "looks around itself by (?!"),
        ("A(?<=A)", "looks around itself by (?<="),
        ("(?<!B)A", "looks around itself by (?<!"),
        (r"\bA", r"looks around itself by \b"),
        (r"A\B", r"looks around itself by \B"),
        (r"(A)\1", r"refers back to a group by \1"),
        ("(?P<a>A)(?P=a)", "refers back to a group by (?P="),
        ("(A)?(?(1)B|C)", "refers back to a group by (?("),
        ("A*+", "gives nothing back of what it has read by *+"),
        ("A{2,3}+", "gives nothing back of what it has read by {2,3}+"),
        ("(?>A|AB)", "gives nothing back of what it has read by (?>"),
        ("(?x)A B", "sets what the kiosk does not follow by (?x"),
        ("(?#A)B", "has (?#, which the kiosk does not follow"),
        (r"\0", r"has \0, which the kiosk does not follow"),
        (r"\N{DIGIT ONE}", r"has \N, which the kiosk does not follow"),
        ("A^B", "asks for the beginning within, by ^: "),
        ("A$B", "goes on behind the end with B: "),
        ("(A$|B)C", "goes on behind the end with C: "),
        ("(^A)+", "repeats its beginning by +: "),
    ],
)
def test_what_an_automaton_cannot_follow_is_refused_in_words(expression, wrong):
    with pytest.raises(IrregularError) as caught:
        parsed(expression)
    said, fix = caught.value.args
    assert said.startswith(wrong)
    assert fix


@given(st.text(r"ab\(|)[]{},?*+.^$:=!<>Pi-01dwsWxu#", max_size=12))
def test_whatever_is_written_is_followed_or_refused(expression):
    """What `re` takes fits as `re` has it, or is refused in words."""
    try:
        compiled = re.compile(expression)
        pattern = Pattern(expression)
    except (re.error, IrregularError, FutureWarning):
        return
    for text in ("", "a", "ab", "aab", "b-", "0", "1a", ",}", "]"):
        assert bool(pattern.fits(text)) == (compiled.fullmatch(text) is not None)


def test_nothing_asks_the_private_parts_of_re():
    for folder in ("kiosk", "drivers"):
        for file in (Path(__file__).parents[3] / folder).rglob("*.py"):
            assert not re.search(r"\bre\._[a-z]|from re import _|_sre|sre_parse", file.read_text(encoding="utf-8")), (
                file
            )
