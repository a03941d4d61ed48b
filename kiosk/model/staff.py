"""What staff can ask for, and what people are told instead of yes."""

from enum import StrEnum


class Hand(StrEnum):
    """Who holds a scanner, and so what it may do at the table."""

    RESIDENTS = "residents"
    """It reads persons and vouchers: nothing that is shown to it acts as staff or changes where samples go."""
    STAFF = "staff"
    SHARED = "shared"
    """Both: a tube's barcode opens or binds a tube only after staff have asked for it."""


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
    TUBE = "tube"
    """The next tube's barcode counts, also at a scanner that residents share."""


class Refusal(StrEnum):
    """Why a scan was not accepted; each has its words in the translation catalogues."""

    ALREADY_SAMPLED = "already-sampled"
    VOUCHER_SHOWN = "voucher-shown"
    """A voucher does not tell who holds it."""
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
    NOT_AT_THIS_SCANNER = "not-at-this-scanner"
    """A staff code or a tube at the residents' scanner."""
    TUBE_NOT_ASKED = "tube-not-asked"
    """A tube's barcode at a shared scanner that staff did not ask for."""
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
    DISK_FULL = "disk-full"
    DISK_BUSY = "disk-busy"
    """Another process holds the journal."""
    BLOCK_USED_UP = "block-used-up"
    """The leased block has no number left."""
    PAUSED = "paused"
    NOTHING_TO_DO = "nothing-to-do"
    READ_FIRST = "read-first"
    """An answer to a question that nobody can have read yet."""
