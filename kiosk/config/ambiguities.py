"""Contradictions between the codes that are taken: one that could be another, one that an earlier one hides."""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import assert_never

from kiosk.config.codes import (
    CodeTable,
    CwtCodeTable,
    JsonCodeTable,
    NumberCodeTable,
    PatternCodeTable,
    PlainCodeTable,
    UrlCodeTable,
)
from kiosk.config.file import Sound
from kiosk.config.mistakes import Mistake
from kiosk.config.point import RulesTable, TubesTable
from kiosk.config.values import TOO_LARGE
from kiosk.credentials.clashes import Clash, cwt_beginning, cwt_texts, language, sent_clash, supplier_clash
from kiosk.credentials.expressions import TooLargeError
from kiosk.credentials.languages import common, covers

_LOOKS = {"health_code", "health_code_pattern", "preprinted", "preprinted_pattern"}
"""What says which texts are a code, beside [[code]]."""
_Placed = tuple[int, CodeTable]


def code_mistakes(sound: Sound) -> Iterator[Mistake]:
    """A file that declares no code and no pattern of its own has the usual ones, which contradict nothing."""
    if not _is_usual(sound):
        yield from contradictions(sound)


def _is_usual(sound: Sound) -> bool:
    given = [key for table in (sound.rules, sound.tubes) if table is not None for key in table.model_fields_set]
    return not sound.code and _LOOKS.isdisjoint(given)


def contradictions(sound: Sound) -> Iterator[Mistake]:
    yield from _beside_earlier(sound, _same_name)
    yield from _beside_earlier(sound, _hidden)
    patterns = dict(_patterns(sound))
    yield from _hidden_patterns(sound, patterns)
    yield from _sent_otherwise({**dict(_tubes(sound)), **patterns})
    if sound.code and sound.rules is not None:
        yield from _idle(sound.rules)
    yield from _suppliers(sound, patterns)


def _idle(rules: RulesTable) -> Iterator[Mistake]:
    for key, kind in (("health_code", "plain"), ("health_code_pattern", "pattern")):
        if key in rules.model_fields_set:
            fix = f'Make it a [[code]] of kind = "{kind}", or remove it'
            yield Mistake(f"rules.{key}", "does nothing beside [[code]]", fix)


def _beside_earlier(sound: Sound, judge: Callable[[_Placed, _Placed], Mistake | None]) -> Iterator[Mistake]:
    """For each table what the first earlier one does to it."""
    placed = list(sound.code.items())
    for place, each in enumerate(placed):
        told = (judge(earlier, each) for earlier in placed[:place])
        yield from islice((mistake for mistake in told if mistake), 1)


def _same_name(earlier: _Placed, later: _Placed) -> Mistake | None:
    if earlier[1].name != later[1].name:
        return None
    return Mistake(f"code[{later[0]}].name", f"two codes have the name {later[1].name}", "Give each its own")


def _hidden(earlier: _Placed, later: _Placed) -> Mistake | None:
    """The first table that knows a text decides, so a later one of the same form is never reached."""
    first, key = f"code[{earlier[0]}]", f"code[{later[0]}]"
    match earlier[1], later[1]:
        case UrlCodeTable() as one, UrlCodeTable() as other if (one.host, one.field) == (other.host, other.field):
            return Mistake(f"{key}.field", f"{first} has the same host and field", "Remove one of them")
        case JsonCodeTable() as one, JsonCodeTable() as other if one.field == other.field:
            return Mistake(f"{key}.field", f"{first} has the same field", "Remove one of them")
        case CwtCodeTable() as one, CwtCodeTable() as other if one.prefix == other.prefix:
            fix = "Put the keys of both into one file, or remove one"
            return Mistake(f"{key}.prefix", f"{first} has the same prefix and takes them all", fix)
        case CwtCodeTable() as one, CwtCodeTable() as other if _takes(one, other.prefix):
            wrong = f"{first} stands before it and takes all that begins with {one.prefix}"
            return Mistake(f"{key}.prefix", wrong, f"Put this one before {first}")
    return None


def _takes(table: CwtCodeTable, prefix: str) -> bool:
    """Base45 may have come through Caps Lock."""
    if table.encoding == "base45":
        return prefix.upper().startswith(table.prefix.upper())
    return prefix.startswith(table.prefix)


def _patterns(sound: Sound) -> Iterator[tuple[str, str]]:
    """Key and expression of what is taken by its look alone, in the order in which it is tried."""
    for index, table in sound.code.items():
        match table:
            case NumberCodeTable():
                yield f"code[{index}].digits", f"[0-9]{{{table.digits}}}"
            case PlainCodeTable():
                yield f"code[{index}]", table.expression
            case PatternCodeTable():
                yield f"code[{index}].pattern", table.pattern
    if not sound.code and "code" not in sound.unsound and sound.rules is not None:
        key = "rules.health_code_pattern" if sound.rules.health_code is None else "rules.health_code"
        yield key, sound.rules.health_code_expression


def _hidden_patterns(sound: Sound, patterns: dict[str, str]) -> Iterator[Mistake]:
    """A signed form takes all that begins as it does, wherever it stands; a pattern what no earlier one fits."""
    signed = {f"code[{index}].prefix": table for index, table in sound.code.items() if isinstance(table, CwtCodeTable)}
    earlier: dict[str, str] = {}
    for key, text in patterns.items():
        yield from _taken_by_signed(key, text, signed)
        first = next((other for other, wide in earlier.items() if _covers(wide, text)), None)
        if first is not None:
            fix = "Put it first, or remove it"
            yield Mistake(key, f"{first} takes all that fits it, so it is never reached", fix)
        earlier[key] = text


def _taken_by_signed(key: str, text: str, signed: dict[str, CwtCodeTable]) -> Iterator[Mistake]:
    """Even if it is but some of them: who shows one of these would be told that it is damaged."""
    for other, table in signed.items():
        if _share(cwt_beginning(table.prefix, table.encoding) + ".*", text):
            wrong = f"{other} takes what begins with {table.prefix}, which would fit it too"
            yield Mistake(key, wrong, "Make it narrower, or take another prefix")
            return


def _tubes(sound: Sound) -> Iterator[tuple[str, str]]:
    """Key and expression of what suppliers' tubes look like."""
    if sound.tubes is not None:
        key = "tubes.preprinted_pattern" if sound.tubes.preprinted is None else "tubes.preprinted"
        yield key, sound.tubes.preprinted_expression


def _sent_otherwise(patterns: dict[str, str]) -> Iterator[Mistake]:
    """One code must be one person, also at a scanner that puts a symbology identifier before it."""
    for key, text in patterns.items():
        try:
            found = sent_clash(text, patterns.values())
        except TooLargeError:
            continue
        if found is not None:
            wrong = f"another code would fit it too as some scanners send it, such as {found}"
            yield Mistake(key, wrong, "Make it narrower: leave out ] or the backslash where a code begins")


def _share(one: str, other: str) -> bool:
    try:
        return common(language(one), language(other)) is not None
    except TooLargeError:
        return False


def _covers(wide: str, narrow: str) -> bool:
    try:
        return covers(language(wide), language(narrow))
    except TooLargeError:
        return False


def _suppliers(sound: Sound, patterns: dict[str, str]) -> Iterator[Mistake]:
    """A supplier's tube is judged before all that is declared."""
    if sound.tubes is None:
        return
    structures = {f"code[{index}]": _structure(table) for index, table in sound.code.items()}
    declared = {**patterns, **{key: text for key, text in structures.items() if text is not None}}
    key = "tubes.preprinted_pattern" if sound.tubes.preprinted is None else "tubes.preprinted"
    try:
        found = _supplier_clash(sound.tubes, declared)
    except TooLargeError:
        yield Mistake(key, *TOO_LARGE)
        return
    if found is not None:
        yield Mistake(key, f"{found.what} would fit it too, such as {found.text}", "Make it narrower")


def _supplier_clash(tubes: TubesTable, declared: dict[str, str]) -> Clash | None:
    found = supplier_clash(tubes.preprinted_expression, tubes.block)
    if found is not None:
        return found
    shared = ((key, common(language(text), language(tubes.preprinted_expression))) for key, text in declared.items())
    return next((Clash(f"a code of {key}", text) for key, text in shared if text is not None), None)


def _structure(table: CodeTable) -> str | None:
    """An expression for the texts in which the table looks for its token."""
    match table:
        case UrlCodeTable():
            return rf"(?i:https?://{re.escape(table.host)})[:/?#].*"
        case JsonCodeTable():
            return r"\{.*"
        case CwtCodeTable():
            return cwt_texts(table.prefix, table.encoding)
        case NumberCodeTable() | PlainCodeTable() | PatternCodeTable():
            return None
        case _:
            assert_never(table)
