"""The kiosk's own codes: numbers of tubes and vouchers, and how their texts are known again."""

import re
from collections.abc import Collection

from kiosk.credentials.meanings import Rejected, TubeCode, VoucherCode
from kiosk.credentials.patterns import Pattern
from kiosk.encodings.check_digits import is_mod_97_10, mod_97_10
from kiosk.model import Refusal
from kiosk.vouchers import token as voucher_token

_TUBE_FORM = re.compile(r"[0-9]{12}")
_VOUCHER_FORM = re.compile(r"V[0-9]{13}")

LAST_TUBE, LAST_VOUCHER = 10**6 - 1, 10**7 - 1
"""The last serial that a block has of each."""


def tube_code(block: str, serial: int) -> str:
    """12 digits: leased block (4), serial (6), check (2)."""
    return _numbered(block, serial, 6)


def voucher_number(block: str, serial: int) -> str:
    """`V` and 13 digits: leased block (4), serial (7), check (2)."""
    return "V" + _numbered(block, serial, 7)


def _numbered(block: str, serial: int, width: int) -> str:
    if not 0 < serial < 10**width:
        raise ValueError(f"block {block} has no number {serial}: it is used up")
    body = f"{block}{serial:0{width}d}"
    return body + mod_97_10(body)


def signed_voucher(text: str, keys: Collection[bytes]) -> VoucherCode | Rejected:
    """One of ours asks what the journal knows of its number, whoever signed it; what is genuine by one of these public
    keys says for itself who was sampled where."""
    try:
        number = voucher_token.read(text).number
    except voucher_token.NotAVoucher:
        return Rejected(Refusal.TORN)
    try:
        return VoucherCode(number, voucher_token.verify(text, keys) if keys else None)
    except voucher_token.VoucherError:
        return VoucherCode(number)


def own_code(text: str, block: str, preprinted: Pattern) -> TubeCode | VoucherCode | Rejected | None:
    """A voucher's number or a tube's code; None for what is neither."""
    upper = text.upper()
    if _VOUCHER_FORM.fullmatch(upper):
        return VoucherCode(upper) if is_mod_97_10(upper[1:]) else Rejected(Refusal.WRONG_CHECK_DIGIT)
    is_ours = _TUBE_FORM.fullmatch(text) is not None
    if is_ours and text.startswith(block) and is_mod_97_10(text):
        return TubeCode(text, preprinted=False)
    if preprinted.fits(text):
        return TubeCode(text, preprinted=True)
    if is_ours:
        return TubeCode(text, preprinted=False) if is_mod_97_10(text) else Rejected(Refusal.WRONG_CHECK_DIGIT)
    return None
