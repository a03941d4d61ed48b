"""Declared codes: what is refused because it could be taken for another, or would never be reached."""

import tomllib

import pytest

from kiosk.app.code_forms import forms_of
from kiosk.config import ConfigError, Sound, typed
from kiosk.config.ambiguities import contradictions
from kiosk_file import CODES, GOOD, told


def test_declared_codes_take_the_place_of_the_default():
    forms = forms_of(typed(tomllib.loads(GOOD + CODES), "test"), None)
    assert [form.name for form in forms.codes] == ["visitor", "health", "town", "clinic"]
    assert [form.name for form in forms_of(typed(tomllib.loads(GOOD), "test"), None).codes] == ["health"]


BAD_CODES = """
[[code]]
kind = "number"
name = "visitor"
digits = 12
[[code]]
kind = "pattern"
name = "id"
pattern = "["
[[code]]
kind = "pattern"
name = "b"
pattern = "[0-9X]{18}"
[[code]]
kind = "pattern"
name = "c"
pattern = "KS-.*"
[[code]]
kind = "pattern"
name = "d"
pattern = "V.*"
[[code]]
kind = "url"
name = "e"
host = "https://code.example.org"
field = ""
[[code]]
kind = "json"
name = "f"
field = ".id"
[[code]]
kind = "cwt"
name = "g"
prefix = "HC1:"
claim = 2
[[code]]
kind = "phone"
"""


def test_all_mistakes_of_codes_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        typed(tomllib.loads(GOOD + BAD_CODES), "test")
    said = {mistake.key: f"{mistake.wrong}. {mistake.fix}" for mistake in caught.value.mistakes}
    assert said["code[1].digits"] == "a tube code would fit it too, such as 000000000000. Make it narrower"
    assert said["code[2].name"] == "id is the name of a document. Take another"
    assert said["code[2].pattern"].startswith("not a regular expression")
    assert (
        said["code[3].pattern"] == "an identity number would fit it too, such as 000000000000000000. Make it narrower"
    )
    assert said["code[4].pattern"].startswith("a staff code would fit it too, such as KS-")
    assert said["code[5].pattern"].startswith("a voucher's number would fit it too, such as V")
    assert set(said) - {f"code[{n}].pattern" for n in (2, 3, 4, 5)} == {
        "code[1].digits",
        "code[2].name",
        "code[6].host",
        "code[6].field",
        "code[7].field",
        "code[8].prefix",
        "code[8].keys_file",
        "code[9]",
    }


def test_two_codes_of_one_name_would_mix_their_people():
    with pytest.raises(ConfigError, match=r"two codes have the name town\. Give"):
        typed(tomllib.loads(GOOD + CODES.replace("clinic", "town")), "test")


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("0352[0-9]{8}", "a tube code"),
        ("9017[0-9]{8}", "a tube code"),
        ("[0-9]{11}[13579]", "a tube code"),
        ("v[0-9]{13}", "a voucher's number"),
        ("V000000000000[0-9]", "a voucher's number"),
        ("KS-AAAA.{20}", "a staff code"),
        ("KV1:6.*", "a signed voucher"),
        ("KV1:[a-z]{10}", "a signed voucher"),
        ("HC1:[a-z]{5}", "a COVID certificate"),
        ("shc:/[a-z]{20}", "a SMART Health Card"),
        ("(?i)kv1:.*", "a signed voucher"),
        ("110105[0-9]{11}[0-9X]", "an identity number"),
        ("8[0-9]{17}", "an identity number"),
        ("91199919[0-9]{10}", "an identity number"),
        ("1101999[0-9]{8}", "an identity number of 15 digits"),
        ("UTO[0-9]{12}", "the number of a permanent residence card of 2017"),
        ("P<UTO.*", "a passport's or card's zone"),
        ("[A-Z<]{5}.{83}", "a passport's or card's zone"),
        ("HC1:6BF.*", "a COVID certificate"),
        ("shc:/5676.*", "a SMART Health Card"),
        (r"\\d{12}", "a tube code"),
        ("(A|0352)[0-9]{8}", "a tube code"),
        ("[A-Z][0-9]{13}", "a voucher's number"),
    ],
)
@pytest.mark.parametrize("key", ["rules.health_code_pattern", "code[1].pattern"])
def test_no_declared_code_may_be_shaped_like_another(key, pattern, what):
    tables = {
        "rules.health_code_pattern": f'[rules]\nhealth_code_pattern = "{pattern}"\n',
        "code[1].pattern": f'[[code]]\nkind = "pattern"\nname = "a"\npattern = "{pattern}"\n',
    }
    (mistake,) = told(GOOD + tables[key])
    assert mistake.startswith(f"{key}: {what} would fit it too, such as ")
    assert mistake.endswith(". Make it narrower")


@pytest.mark.parametrize(
    ("digits", "what"), [(12, "a tube code"), (15, "an identity number"), (18, "an identity number")]
)
def test_numbers_as_long_as_others_are_refused(digits, what):
    (mistake,) = told(GOOD + f'[[code]]\nkind = "number"\nname = "a"\ndigits = {digits}\n')
    assert mistake.startswith(f"code[1].digits: {what}")


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Za-z0-9_-]{32,256}",
        "[0-9]{8}",
        "[0-9]{11}|[0-9]{13}",
        "[1-8][0-9]{7}13[0-9]{5}",
        "[A-F0-9]{8}(-[A-F0-9]{4}){3}-[A-F0-9]{12}",
        "^JKM-[0-9]{12}$",
        "VAX[0-9]{13}",
        "[A-UW-Z][0-9]{13}",
        "KS_[A-Z2-7]{24}",
        "AB<<[0-9]{8}",
        "https://code[.]example[.]org/.*",
    ],
)
def test_what_is_like_nothing_else_is_taken(pattern):
    forms = forms_of(typed(tomllib.loads(GOOD + f"[rules]\nhealth_code_pattern = '{pattern}'\n"), "test"), None)
    assert [form.name for form in forms.codes] == ["health"]


def with_tubes(pattern: str, codes: str = "") -> str:
    return GOOD.replace("[tubes]\n", f"[tubes]\npreprinted_pattern = '{pattern}'\n") + codes


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("[0-9A-Z]{10,20}", "a tube code of this kiosk"),
        ("0352[0-9]{8}", "a tube code of this kiosk"),
        ("69[0-9]{10}", "a tube code of another kiosk"),
        ("[0-9]{18}", "an identity number"),
        ("1[0-9]{14}", "an identity number of 15 digits"),
        ("[A-Z]{3}[0-9]{12}", "the number of a permanent residence card of 2017"),
        ("V[0-9]{13}", "a voucher's number"),
        ("KS-[A-Z0-9]+", "a staff code"),
        ("[0-9]{8}", "a code of code[1].digits"),
        ("[A-F0-9_]{40}", "a code of code[2].pattern"),
        ("https://code.*", "a code of code[3]"),
        ('."data.*', "a code of code[4]"),
        ("PS1:[0-9A-Z]+", "a code of code[5]"),
    ],
)
def test_nothing_else_may_become_a_suppliers_tube(pattern, what):
    (mistake,) = told(with_tubes(pattern, CODES + cwt("pass", "PS1:")))
    assert mistake.startswith(f"tubes.preprinted_pattern: {what} would fit it too, such as ")


def test_without_a_code_table_the_default_pattern_is_no_tube_either():
    (mistake,) = told(with_tubes("TB[0-9]{30,40}"))
    assert mistake.startswith("tubes.preprinted_pattern: a code of rules.health_code_pattern would fit it too")


@pytest.mark.parametrize("pattern", ["TB[0-9]{10}", "6901[0-9]{8}", "[0-9]{10}", "https://tubes.example/[0-9]+"])
def test_a_suppliers_own_form_is_taken(pattern):
    assert typed(tomllib.loads(with_tubes(pattern, CODES)), "test").tubes.preprinted_pattern == pattern


def cwt(name: str, prefix: str, key: str = "/etc/kiosk/a.pem") -> str:
    return f'[[code]]\nkind = "cwt"\nname = "{name}"\nprefix = "{prefix}"\nclaim = 2\nkeys_file = "{key}"\n'


def url(name: str, host: str = "a.example", field: str = "q") -> str:
    return f'[[code]]\nkind = "url"\nname = "{name}"\nhost = "{host}"\nfield = "{field}"\n'


def json(name: str, field: str) -> str:
    return f'[[code]]\nkind = "json"\nname = "{name}"\nfield = "{field}"\n'


def pattern(name: str, text: str) -> str:
    return f'[[code]]\nkind = "pattern"\nname = "{name}"\npattern = "{text}"\n'


@pytest.mark.parametrize(
    ("codes", "mistake"),
    [
        (
            cwt("a", "PS") + cwt("b", "PS1:"),
            "code[2].prefix: code[1] stands before it and takes all that begins with PS. Put this one before code[1]",
        ),
        (
            cwt("a", "PS") + cwt("b", "ps1:"),
            "code[2].prefix: code[1] stands before it and takes all that begins with PS. Put this one before code[1]",
        ),
        (
            cwt("a", "PS1:") + cwt("b", "PS1:", "/etc/kiosk/b.pem"),
            (
                "code[2].prefix: code[1] has the same prefix and takes them all. "
                "Put the keys of both into one file, or remove one"
            ),
        ),
        (url("a") + url("b"), "code[2].field: code[1] has the same host and field. Remove one of them"),
        (json("a", "d.id") + json("b", "d.id"), "code[2].field: code[1] has the same field. Remove one of them"),
        (
            pattern("a", "[A-Z0-9]{20,40}") + pattern("b", "[A-F0-9]{32}"),
            (
                "code[2].pattern: code[1].pattern takes all that fits it, so it is never reached. "
                "Put it first, or remove it"
            ),
        ),
        (
            pattern("a", "[0-9A-Z]{8}") + '[[code]]\nkind = "number"\nname = "b"\ndigits = 8\n',
            (
                "code[2].digits: code[1].pattern takes all that fits it, so it is never reached. "
                "Put it first, or remove it"
            ),
        ),
        (
            pattern("a", "PS1:[A-Z]{9}") + cwt("b", "PS1:"),
            (
                "code[1].pattern: code[2].prefix takes what begins with PS1:, which would fit it too. "
                "Make it narrower, or take another prefix"
            ),
        ),
        (
            pattern("a", "[A-Z0-9]{8}") + cwt("b", "PS"),
            (
                "code[1].pattern: code[2].prefix takes what begins with PS, which would fit it too. "
                "Make it narrower, or take another prefix"
            ),
        ),
        (
            url("a") + '[rules]\nhealth_code_pattern = "[A-Z]{32}"\n',
            (
                "rules.health_code_pattern: does nothing beside [[code]]. "
                'Make it a [[code]] of kind = "pattern", or remove it'
            ),
        ),
    ],
)
def test_a_code_that_is_never_reached_is_refused(codes, mistake):
    assert told(GOOD + codes) == [mistake]


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        (pattern("a", "[a-z]*"), "code[1].pattern: a scan of nothing would fit it too"),
        (pattern("a", "[a-z]{600}"), "code[1].pattern: fits no text of 1 to 512 characters"),
        (pattern("a", "[[]a"), "code[1].pattern: not a regular expression (Possible nested set at position 1)"),
        (json("a", "$.data.id"), "code[1].field: has the wrong form (it is '$.data.id')"),
        (json("a", "data[0].id"), "code[1].field: has the wrong form (it is 'data[0].id')"),
        (url("a", "a..b"), "code[1].host: has the wrong form (it is 'a..b')"),
        (url("a", field=" "), "code[1].field: has the wrong form (it is ' ')"),
    ],
)
def test_what_no_code_can_fit_is_refused(codes, wrong):
    [mistake] = told(GOOD + codes)
    assert mistake.startswith(wrong + ". ")


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("(?!V)[A-Z][0-9]{13}", "looks around itself by (?!. Write which characters may stand there, such as [A-UW-Z]"),
        ("([A-Z])\\\\1{20}", "refers back to a group by \\1. Write out what may stand there"),
        (
            "A^B{20}",
            "asks for the beginning within, by ^: a pattern fits whole texts, so it is of no use there. Remove it",
        ),
    ],
)
def test_what_cannot_be_matched_in_linear_time_is_refused_in_words(expression, wrong):
    assert told(GOOD + pattern("a", expression)) == [f"code[1].pattern: {wrong}"]
    assert told(with_tubes(expression.replace("\\\\", "\\"))) == [f"tubes.preprinted_pattern: {wrong}"]


def test_a_host_may_have_underscores():
    assert typed(tomllib.loads(GOOD + url("a", "my_host.example.org")), "test")


@pytest.mark.parametrize(
    "codes",
    [
        cwt("a", "PS1:") + cwt("b", "PS"),
        url("a") + url("b", field="r") + url("c", host="b.example"),
        json("a", "d") + json("b", "d.id"),
        pattern("a", "[A-F0-9]{32}") + pattern("b", "[A-Z0-9]{20,40}"),
        pattern("a", "[A-F][A-F0-9]{31}") + pattern("b", "[0-9]{32}"),
    ],
)
def test_codes_that_are_all_reached_are_taken(codes):
    assert typed(tomllib.loads(GOOD + codes), "test").code


@pytest.mark.parametrize(
    ("prefix", "whose"),
    [
        ("http", "URLs"),
        ("HTTPS:", "URLs"),
        ("https://a.examp", "URLs"),
        ('{\\"', "objects"),
        ("HC1:A", "COVID certificates"),
        ("sh", "SMART Health Cards"),
        ("KV1", "signed vouchers"),
        ("KS-", "staff codes"),
    ],
)
def test_a_prefix_that_would_swallow_others_is_refused(prefix, whose):
    assert told(GOOD + cwt("a", prefix)) == [f"code[1].prefix: {whose} begin so, too. Take another prefix"]


def test_a_pattern_that_cannot_be_judged_is_refused():
    (mistake,) = told(GOOD + pattern("a", "([A-Z]{1,90}-){1,90}"))
    assert mistake == "code[1].pattern: too large to be judged. Write it with fewer or smaller repetitions"


@pytest.mark.parametrize("claim", ["true", "1.5", '""', "[1]"])
def test_what_names_no_claim_is_told_once_in_words(claim):
    fix = 'Write its number, such as 2, or its name in quotes, such as "who"'
    codes = cwt("a", "PS1:").replace("claim = 2", f"claim = {claim}")
    assert told(GOOD + codes) == [f"code[1].claim: names no claim. {fix}"]


def test_a_file_of_keys_stands_at_an_absolute_path():
    text = GOOD + cwt("a", "PS1:", "a.pem") + '[certificates]\ndcc_trust_list = "dcc.pem"\nshc_key_set = "shc.json"\n'
    assert told(text) == [
        "code[1].keys_file: not an absolute path (it is 'a.pem'). Begin it with /",
        "certificates.dcc_trust_list: not an absolute path (it is 'dcc.pem'). Begin it with /",
        "certificates.shc_key_set: not an absolute path (it is 'shc.json'). Begin it with /",
    ]


@pytest.mark.parametrize(
    ("codes", "example"),
    [
        (pattern("a", "[!-9;-~]{8,11}"), "]A000000000"),
        (pattern("a", "]Q1[0-9]{8}") + pattern("b", "[0-9]{8}"), "]Q111111111"),
        (pattern("a", "]C1[0-9X]{18}"), "]C1111111111111111111"),
        (pattern("a", r"\\\\000026[A-Z]{9}") + pattern("b", "[A-Z]{9}"), "\\000026AAAAAAAAA"),
    ],
)
def test_a_code_that_could_be_another_behind_an_identifier_is_refused(codes, example):
    (mistake,) = told(GOOD + codes)
    assert f"another code would fit it too as some scanners send it, such as {example}. Make it narrower" in mistake


@pytest.mark.parametrize("text", ["][A-Z][0-9]-[A-Z]{4}", "]-.{8}", r"[A-Z]{2}\\\\[0-9]{6}"])
def test_a_code_may_begin_with_a_bracket_or_hold_a_backslash(text):
    assert typed(tomllib.loads(GOOD + pattern("a", text)), "test").code


def test_suppliers_tubes_could_not_be_tubes_behind_an_identifier():
    (mistake,) = told(with_tubes("(]C1)?TB[0-9]{10}"))
    assert mistake.startswith("tubes.preprinted_pattern: another code would fit it too as some scanners send it")


@pytest.mark.parametrize("block", ["0000", "0352", "9999"])
def test_what_a_file_says_that_declares_no_code_contradicts_nothing(block):
    """So it is not judged at each start."""
    draft = typed(tomllib.loads(GOOD.replace('block = "0352"', f'block = "{block}"')), "test")
    assert list(contradictions(Sound.of(draft))) == []


def test_tables_that_are_sound_are_judged_as_if_they_were_read_anew():
    table = tomllib.loads(GOOD + CODES)
    anew = {key: dict(enumerate(value, 1)) if isinstance(value, list) else value for key, value in table.items()}
    del anew["point"]
    assert Sound.of(typed(table, "test")).model_dump() == Sound.model_validate(anew).model_dump()
