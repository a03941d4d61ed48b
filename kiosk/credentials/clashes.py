"""Whether a pattern for health codes would also fit codes that mean something else."""

import re

from kiosk.credentials.numbers import id_check_digit
from kiosk.credentials.own_codes import tube_code, voucher_number
from kiosk.credentials.staff import staff_codes


def clash(pattern: re.Pattern[str], but: str = "") -> str | None:
    """What else the pattern fits, judged by samples of each `but` one; None if it fits none of them."""
    samples = ((what, texts) for what, texts in _SAMPLES.items() if what != but)
    return next((what for what, texts in samples if any(map(pattern.fullmatch, texts))), None)


def _id_number(body: str) -> str:
    return body + id_check_digit(body)


_SAMPLES = {
    "a tube code": [tube_code(block, serial) for block in ("0000", "0352", "9999") for serial in (1, 271_828, 999_999)],
    "a voucher's number": [voucher_number(block, serial) for block in ("0000", "9999") for serial in (1, 9_999_999)],
    "a staff code": list(staff_codes(b"samples of every staff code")),
    "an identity number": [
        _id_number("11019919900101001"),
        _id_number("11010519491231002"),
        _id_number("81000019000101001"),
        _id_number("91199919000101002"),
        "110199900101001",
        "UTO119900010116",
    ],
}
