"""What staff can ask for, and what people are told instead of yes."""

from enum import StrEnum


class StaffAction(StrEnum):
    """What staff can ask for by a staff code or a button."""

    YES = "yes"
    NO = "no"
    SEAL = "seal"
    REPRINT = "reprint"
    REPRINT_LABEL = "reprint-label"
    VOID_LAST = "void-last"
    PAUSE = "pause"
    REPORT = "report"


class Refusal(StrEnum):
    """Why a scan was not accepted; each has its words in the translation catalogues."""

    ALREADY_SAMPLED = "already-sampled"
    WRONG_CHECK_DIGIT = "wrong-check-digit"
    WRONG_BIRTH_DATE = "wrong-birth-date"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    CONTROL_BYTES = "control-bytes"
    UNKNOWN_CODE = "unknown-code"
    EXPIRED = "expired"
    """Not valid at this time: past its period or before it."""
    WRONG_SIGNATURE = "wrong-signature"
    CANNOT_BE_CHECKED = "cannot-be-checked"
    """Signed by nobody that this kiosk knows."""
    TORN = "torn"
    """A layer of a signed code is broken: checksum, compression or structure."""
    ONE_OF_PARTS = "one-of-parts"
    NO_TUBE = "no-tube"
    TUBE_OPEN = "tube-open"
    TUBE_USED = "tube-used"
    TUBE_FULL = "tube-full"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER_STUCK = "cutter-stuck"
    PRINTER_HOT = "printer-hot"
    PRINTER_BROKEN = "printer-broken"
    PRINTER_OFFLINE = "printer-offline"
    PRINTER_GONE = "printer-gone"
    PAUSED = "paused"
    NOTHING_TO_DO = "nothing-to-do"
