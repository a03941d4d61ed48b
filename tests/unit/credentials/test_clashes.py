"""A pattern that is let in takes nothing of the others, whatever their numbers: families of each, from a fixed seed."""

import random
import re
from datetime import date, timedelta

import pytest

from kiosk.credentials import (
    Forms,
    Identity,
    Pattern,
    PatternForm,
    TubeCode,
    id_check_digit,
    staff_codes,
    tube_code,
    understand,
    voucher_number,
)
from kiosk.credentials.clashes import clash, supplier_clash
from kiosk.credentials.numbers import weighted_731
from kiosk.ports import TextScan

BLOCK = "0352"
EACH = 60


def families(seed: int) -> dict[str, list[str]]:
    draw = random.Random(seed)
    births = [date(1900, 1, 1) + timedelta(days=draw.randrange(40_000)) for _ in range(EACH)]
    base45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

    def digits(count: int) -> str:
        return "".join(draw.choices("0123456789", k=count))

    def eighteen(area: str, birth: date) -> str:
        body = f"{area}{birth:%Y%m%d}{digits(3)}"
        return body + id_check_digit(body)

    def card_2017(birth: date) -> str:
        body = "".join(draw.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=3)) + digits(4) + f"{birth:%y%m%d}" + digits(1)
        return body + str(weighted_731(body))

    def signed(prefix: str) -> str:
        return prefix + "".join(draw.choices(base45[:36], k=1)) + "".join(draw.choices(base45, k=200)) + "Z"

    return {
        "tube code": [tube_code(digits(4), draw.randrange(1, 10**6)) for _ in range(EACH)],
        "tube code of this block": [tube_code(BLOCK, draw.randrange(1, 10**6)) for _ in range(EACH)],
        "voucher's number": [voucher_number(digits(4), draw.randrange(1, 10**7)) for _ in range(EACH)],
        "staff code": [code for _ in range(10) for code in staff_codes(draw.randbytes(32))],
        "identity number": [eighteen(str(draw.randrange(110000, 660000)), each) for each in births],
        "residence permit": [eighteen(draw.choice(["810000", "820000", "830000"]), each) for each in births],
        "card of 2023": [eighteen(f"9{draw.randrange(11, 66)}{draw.randrange(157, 999)}", each) for each in births],
        "old number": [f"{draw.randrange(110000, 660000)}{each:%y%m%d}{digits(3)}" for each in births],
        "card of 2017": [card_2017(each) for each in births],
        "zone": [zone(draw) for _ in range(EACH)],
        "certificate": [signed("HC1:") for _ in range(EACH)],
        "signed voucher": [signed("KV1:") for _ in range(EACH)],
        "health card": ["shc:/" + digits(400) for _ in range(EACH)],
    }


def zone(draw: random.Random) -> str:
    """Two lines of a passport; of the check digits only the shape counts here."""
    name = "".join(draw.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=9))
    number = "".join(draw.choices("ABCDEFGH0123456789", k=9))
    return f"P<UTO{name}<<ANNA".ljust(44, "<") + f"{number}6UTO7408122F1204159".ljust(42, "<") + "10"


LET_IN = [
    "[A-Za-z0-9_-]{32,256}",
    "[0-9]{4,11}",
    "[0-9]{13,14}",
    "[0-9]{16,17}",
    "[A-Z]{4}[0-9]{11}",
    "[A-Z]{2}[0-9]{13}",
    "[!-9;-~]{8,11}",
    "[A-Z]{20}",
    "JKM:.*",
    "[1-8][0-9]{5}[0-9]{2}(1[3-9]|[2-9][0-9])[0-9]{5}",
    "[A-Z0-9$%]{26}",
]
REFUSED = [".*", "[0-9]{12}", "[0-9]{15}", "[0-9X]{18}", "[A-Z0-9]{15}", "[ -~]{40,300}", "[A-Z0-9-]{27}", "V[0-9]+"]


@pytest.mark.parametrize("pattern", LET_IN)
def test_a_declared_code_that_is_let_in_takes_none_of_the_others(pattern):
    assert clash(pattern) is None
    forms = Forms((PatternForm("health", Pattern(pattern)),), Pattern("TB[0-9]{10}"), BLOCK, {})
    for what, texts in families(1).items():
        for text in texts:
            found = understand(TextScan(text.encode()), forms, None)
            assert not (isinstance(found, Identity) and found.canonical.startswith("health:")), (what, text)


@pytest.mark.parametrize("pattern", [*LET_IN, "6901[0-9]{8}"])
def test_a_suppliers_pattern_that_is_let_in_takes_none_of_the_others(pattern):
    assert supplier_clash(pattern, BLOCK) is None
    forms = Forms((), Pattern(pattern), BLOCK, {})
    for what, texts in families(2).items():
        for text in texts:
            found = understand(TextScan(text.encode()), forms, None)
            assert not (isinstance(found, TubeCode) and found.preprinted) or text.startswith("6901"), (what, text)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_is_refused_has_an_example_that_it_fits(pattern):
    for found in (clash(pattern), supplier_clash(pattern, BLOCK)):
        assert found is not None
        assert re.fullmatch(pattern, found.text)


def test_any_code_of_any_family_is_refused_as_a_pattern():
    for what, texts in families(3).items():
        for text in texts[:10]:
            assert clash(re.escape(text)) is not None, what
