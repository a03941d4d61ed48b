"""Codes declared by prefix, alphabet and length."""

import re
import tomllib

import pytest

from kiosk.app.code_forms import forms_of
from kiosk.config import Config, typed
from kiosk.config.codes import PlainCodeTable
from kiosk.credentials import Identity, TubeCode, understand
from kiosk.ports import TextScan
from kiosk_file import GOOD, told


def plain(shape: str, name: str = "a") -> str:
    lines = shape.replace("; ", "\n")
    return f'[[code]]\nkind = "plain"\nname = "{name}"\n{lines}\n'


def with_supplier(shape: str) -> str:
    return GOOD.replace("[tubes]\n", f"[tubes]\npreprinted = {{ {shape.replace('; ', ', ')} }}\n")


def with_health_code(shape: str) -> str:
    return GOOD + f"[rules]\nhealth_code = {{ {shape.replace('; ', ', ')} }}\n"


def read(text: str, config: str) -> object:
    found = understand(TextScan(text.encode()), forms_of(_typed(config), None), None)
    return found.canonical if isinstance(found, Identity) else found


def _typed(config: str) -> Config:
    return typed(tomllib.loads(config), "test")


TAKEN = [
    ('alphabet = "digits"; length = 10', "1234567890", "123456789"),
    ('prefix = "JK-"; alphabet = "digits"; length = [4, 6]', "JK-12345", "JK-1234567"),
    ('prefix = "J.+"; alphabet = "digits"; length = 4', "J.+1234", "JKK1234"),
    ('alphabet = "capitals"; length = 20', "ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPQRSt"),
    ('alphabet = "letters"; length = 20', "ABCDEFGHIJKLMNOPQRSt", "ABCDEFGHIJKLMNOPQRS1"),
    ('alphabet = "capitals-digits"; length = 20', "ABCDEFGHIJKLMNOPQRS1", "ABCDEFGHIJKLMNOPQRSt"),
    ('alphabet = "letters-digits"; length = 20', "ABCDEFGHIJKLMNOPQRt1", "ABCDEFGHIJKLMNOPQR-1"),
    ('alphabet = "hex"; length = 32', "0123456789abcdefABCDEF0123456789", "g" * 32),
    ('alphabet = "base32"; length = 20', "ABCDEFGHIJKLMNOPQRS2", "ABCDEFGHIJKLMNOPQRS1"),
    ('alphabet = "base64url"; length = [32, 256]', "A_-9" * 8, "A_-9" * 8 + "="),
]


@pytest.mark.parametrize(("shape", "code", "other"), TAKEN)
def test_a_shape_takes_its_own_codes_and_no_others(shape, code, other):
    for config, canonical in ((GOOD + plain(shape), f"a:{code}"), (with_health_code(shape), f"health:{code}")):
        assert read(code, config) == canonical
        assert read(other, config) != f"{canonical[: -len(code)]}{other}"


def test_a_shape_takes_a_suppliers_tubes():
    config = with_supplier('prefix = "TB"; alphabet = "digits"; length = 8')
    assert read("TB00000001", config) == TubeCode("TB00000001", preprinted=True)
    assert not isinstance(read("TB0000000001", config), TubeCode)


def test_shapes_and_patterns_say_the_same():
    table = _typed(GOOD + plain('prefix = "J+"; alphabet = "hex"; length = [4, 6]')).code[0]
    assert isinstance(table, PlainCodeTable)
    assert table.expression == re.escape("J+") + "[0-9A-Fa-f]{4,6}"
    assert _typed(with_health_code('alphabet = "base64url"; length = [32, 256]')).rules.health_code_expression == (
        _typed(GOOD).rules.health_code_expression
    )


NO_LENGTH = (
    "is no number of characters. Write how many, such as 18, or from how many to how many, such as [12, 20]: 1 to 512"
)


@pytest.mark.parametrize("length", ["0", "513", "true", '"18"', "[20, 12]", "[1, 2, 3]", "[]", "1.5", "[4, true]"])
def test_what_is_no_length_is_told_in_words(length):
    assert told(GOOD + plain(f'alphabet = "hex"; length = {length}')) == [f"code[1].length: {NO_LENGTH}"]
    assert told(with_supplier(f'alphabet = "hex"; length = {length}')) == [f"tubes.preprinted.length: {NO_LENGTH}"]


@pytest.mark.parametrize(
    ("shape", "mistake"),
    [
        ("length = 20", "alphabet: is missing. Add it"),
        ('alphabet = "hex"', "length: is missing. Add it"),
        ('prefix = "A B"; alphabet = "hex"; length = 20', "prefix: has the wrong form (it is 'A B'). Write 16 letters"),
        ('alphabet = "greek"; length = 20', "alphabet: cannot be used (it is 'greek'). Write one of 'digits', "),
    ],
)
def test_mistakes_of_a_shape(shape, mistake):
    for config, key in ((GOOD + plain(shape), "code[1]"), (with_health_code(shape), "rules.health_code")):
        [said] = told(config)
        assert said.startswith(f"{key}.{mistake}")


@pytest.mark.parametrize(
    ("shape", "what"),
    [
        ('alphabet = "digits"; length = 12', "a tube code"),
        ('alphabet = "hex"; length = [10, 20]', "a tube code"),
        ('prefix = "HC1:"; alphabet = "capitals"; length = 20', "a COVID certificate"),
        ('prefix = "KS-"; alphabet = "base32"; length = 24', "a staff code"),
    ],
)
def test_no_shape_may_fit_another_code(shape, what):
    for config, key in ((GOOD + plain(shape), "code[1]"), (with_health_code(shape), "rules.health_code")):
        [said] = told(config)
        assert said.startswith(f"{key}: {what} would fit it too, such as ")


def test_a_suppliers_shape_takes_no_number_of_this_kiosk():
    [said] = told(with_supplier('alphabet = "digits"; length = 12'))
    assert said.startswith("tubes.preprinted: a tube code of this kiosk would fit it too, such as 0352")


def test_a_shape_that_is_never_reached_is_told():
    codes = plain('alphabet = "hex"; length = [20, 40]') + plain('alphabet = "digits"; length = 32', "b")
    assert told(GOOD + codes) == [
        "code[2]: code[1] takes all that fits it, so it is never reached. Put it first, or remove it"
    ]


def test_what_fits_is_said_in_one_way():
    shape, pattern = 'alphabet = "hex"\nlength = 20\n', 'pattern = "[0-9a-f]{20}"\n'
    fix = 'Keep the pattern with kind = "pattern", or the others with kind = "plain"'
    for kind in ("plain", "pattern"):
        code = f'[[code]]\nkind = "{kind}"\nname = "a"\n{shape}{pattern}'
        assert told(GOOD + code) == [f"code[1]: pattern and alphabet both say which texts fit. {fix}"]
    both = GOOD.replace("[tubes]\n", '[tubes]\npreprinted_pattern = "TB[0-9]{8}"\n') + (
        '[rules]\nhealth_code_pattern = "[0-9a-f]{20}"\nhealth_code = { alphabet = "hex", length = 20 }\n'
        '[tubes.preprinted]\nalphabet = "hex"\nlength = 20\n'
    )
    assert told(both) == [
        f"{table}: {key} and {key}_pattern both say which texts fit. Keep one of the two ways"
        for table, key in (("tubes", "preprinted"), ("rules", "health_code"))
    ]


def test_a_health_code_does_nothing_beside_codes():
    config = with_health_code('alphabet = "hex"; length = 20') + plain('alphabet = "hex"; length = 30')
    assert told(config) == [
        'rules.health_code: does nothing beside [[code]]. Make it a [[code]] of kind = "plain", or remove it'
    ]
