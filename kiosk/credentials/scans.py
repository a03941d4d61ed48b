"""From a scan to what it means: pure, and the only place where an identity stands in clear.

The order decides where a text could be two things: the point's own codes, then documents, then the codes that its
configuration declares.
"""

import re
import unicodedata
from datetime import date

from kiosk.credentials import badges, dcc, shc
from kiosk.credentials.forms import Forms, patterned_identity, structured_identity
from kiosk.credentials.meanings import (
    LONGEST_PLAIN,
    BadgeCode,
    Credential,
    Identity,
    NotTaken,
    OrderCode,
    Rejected,
    StaffCode,
)
from kiosk.credentials.mrz import zone_identity
from kiosk.credentials.numbers import checked_number, old_number
from kiosk.credentials.own_codes import own_code, signed_voucher
from kiosk.credentials.staff import is_like_ours
from kiosk.credentials.transmitted import text_of
from kiosk.encodings.base45 import capitals
from kiosk.model import Refusal
from kiosk.ports import CardScan, Scan, TextScan
from kiosk.vouchers import order as orders
from kiosk.vouchers import token as voucher_token
from kiosk.vouchers.envelope import SignedError

LONGEST_CODE = 2500
"""Bytes; a health card in one code has 2,395, a certificate signed by RSA 1,100."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def understand(scan: Scan, forms: Forms, today: date | None, now_s: float | None = None) -> Credential | Rejected:
    """What a scan means. `today` and `now_s` (seconds since 1970 UTC) are None while the clock is not trusted: then no
    birth date is in the future and nothing has expired."""
    match scan:
        case CardScan():
            return _card(scan, today)
        case TextScan(part=True):
            return Rejected(Refusal.ONE_OF_PARTS)
        case TextScan():
            return _text(scan.data, forms, today, now_s)


def _card(scan: CardScan, today: date | None) -> Identity | Rejected:
    number = unicodedata.normalize("NFKC", scan.number).strip().upper()
    return checked_number(number, scan.name, today) or Rejected(Refusal.WRONG_CHECK_DIGIT)


def _text(data: bytes, forms: Forms, today: date | None, now_s: float | None) -> Credential | Rejected:
    if len(data) > LONGEST_CODE:
        return Rejected(Refusal.TOO_LONG)
    try:
        text = text_of(data, lambda text: _is_token(text, forms))
    except NotTaken as refused:
        return Rejected(refused.reason)
    if _CONTROL.search(text):
        return zone_identity(text) or Rejected(Refusal.CONTROL_BYTES)
    if not text:
        return Rejected(Refusal.UNKNOWN_CODE)
    return _signed(text, forms, now_s) or _plain(text, forms, today) or _declared(text, forms, today, now_s)


def _is_token(text: str, forms: Forms) -> bool:
    """Whether it is a declared code as it stands: what a scanner adds is told by that."""
    if len(text) > LONGEST_PLAIN:
        return False
    text = unicodedata.normalize("NFKC", text)
    return bool(forms.preprinted_tube.fits(text)) or patterned_identity(text, forms.codes) is not None


def _signed(text: str, forms: Forms, now_s: float | None) -> Credential | Rejected | None:
    """By the beginning. None of these has both capitals and small letters, so Caps Lock does not matter."""
    upper = capitals(text)
    if upper in forms.staff:
        return StaffCode(forms.staff[upper])
    if upper.startswith(badges.PREFIX) and len(text) <= LONGEST_PLAIN:
        badge = forms.badge(upper)
        return _unknown(upper, forms) if badge is None else BadgeCode(badge)
    if upper.startswith(dcc.PREFIX):
        return dcc.certificate_identity(upper, forms.dcc, now_s)
    if upper.startswith(shc.PREFIX.upper()):
        return shc.card_identity(text, forms.shc, now_s)
    if upper.startswith(orders.PREFIX):
        return ordered(upper, forms)
    if upper.startswith(voucher_token.PREFIX) and len(text) <= LONGEST_PLAIN:
        return signed_voucher(upper, forms.voucher_keys)
    return None


def ordered(text: str, forms: Forms) -> OrderCode | Rejected:
    """What the centre that this kiosk knows has signed, however it came here."""
    try:
        return OrderCode(orders.verify(text, forms.order_keys))
    except SignedError:
        return Rejected(Refusal.ORDER_NOT_GENUINE)


def _plain(text: str, forms: Forms, today: date | None) -> Credential | Rejected | None:
    """Own codes and documents; None for what is neither."""
    if len(text) > LONGEST_PLAIN:
        return None
    text = unicodedata.normalize("NFKC", text)
    found = own_code(text, forms.block, forms.preprinted_tube)
    if found is not None:
        return found
    upper = text.upper()
    return checked_number(upper, "", today) or old_number(upper, today) or zone_identity(upper)


def _declared(text: str, forms: Forms, today: date | None, now_s: float | None) -> Identity | Rejected:
    found = structured_identity(text, forms.codes, today, now_s)
    if found is None and len(text) > LONGEST_PLAIN:
        return Rejected(Refusal.TOO_LONG)
    if found is None:
        found = patterned_identity(unicodedata.normalize("NFKC", text), forms.codes)
    return found or _unknown(text.upper(), forms)


def _unknown(text: str, forms: Forms) -> Rejected:
    """Staff with a sheet of another round look for it in vain among the residents' codes."""
    return Rejected(Refusal.OLD_STAFF_CODE if forms.staff and is_like_ours(text) else Refusal.UNKNOWN_CODE)
