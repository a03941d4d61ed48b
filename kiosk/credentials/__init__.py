"""What a scan means: resident, foreigner, traveller, health code, tube, voucher, staff, or refused and why.

decisions: Persons and codes."""

from kiosk.credentials.badges import badge_of, badge_text
from kiosk.credentials.forms import CodeForm, CwtForm, Forms, JsonForm, PatternForm, UrlForm
from kiosk.credentials.masks import mask_name, mask_number, person
from kiosk.credentials.meanings import (
    BadgeCode,
    Credential,
    Identity,
    NotTaken,
    OrderCode,
    Rejected,
    StaffCode,
    TubeCode,
    VoucherCode,
)
from kiosk.credentials.numbers import OLDEST_YEARS, id_check_digit
from kiosk.credentials.own_codes import LAST_TUBE, LAST_VOUCHER, tube_code, voucher_number
from kiosk.credentials.patterns import Pattern
from kiosk.credentials.scans import LONGEST_CODE, ordered, understand
from kiosk.credentials.staff import is_like_ours, key_of_round, key_of_turn, staff_codes
from kiosk.credentials.transmitted import decoded, text_of

__all__ = [
    "LAST_TUBE",
    "LAST_VOUCHER",
    "LONGEST_CODE",
    "OLDEST_YEARS",
    "BadgeCode",
    "CodeForm",
    "Credential",
    "CwtForm",
    "Forms",
    "Identity",
    "JsonForm",
    "NotTaken",
    "OrderCode",
    "Pattern",
    "PatternForm",
    "Rejected",
    "StaffCode",
    "TubeCode",
    "UrlForm",
    "VoucherCode",
    "badge_of",
    "badge_text",
    "decoded",
    "id_check_digit",
    "is_like_ours",
    "key_of_round",
    "key_of_turn",
    "mask_name",
    "mask_number",
    "ordered",
    "person",
    "staff_codes",
    "text_of",
    "tube_code",
    "understand",
    "voucher_number",
]
