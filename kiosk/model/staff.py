"""What staff can ask for, and what people are told instead of yes."""

from enum import StrEnum

from kiosk.frozen import dataclass


class Hand(StrEnum):
    """Who holds a scanner, and so what it may do at the table."""

    RESIDENTS = "residents"
    """It reads persons and vouchers: nothing that is shown to it acts as staff or changes where samples go."""
    STAFF = "staff"
    SHARED = "shared"
    """Both: a tube's barcode opens or binds a tube only after staff have asked for it."""


class StaffRole(StrEnum):
    """What somebody with a badge may do; each may what the one before may."""

    SAMPLER = "sampler"
    CLERK = "clerk"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Badge:
    """A staff member's own card: a number that the point gave them, no name."""

    role: StaffRole
    number: int

    @property
    def name(self) -> str:
        """As it stands in the journal and on slips."""
        return f"{_letter(self.role)}{self.number:04d}"


def role_named(badge: str) -> StaffRole | None:
    """The role of a badge by its name; None for what is no badge's."""
    return next((role for role in StaffRole if badge.startswith(_letter(role))), None)


def _letter(role: StaffRole) -> str:
    return role[0].upper()


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
    SINGLE = "single"
    """The next person gets a tube of their own."""
    POOL_1 = "pool-1"
    POOL_5 = "pool-5"
    POOL_10 = "pool-10"
    POOL_20 = "pool-20"
    """So many go into each tube from the next one on."""
    HOUSEHOLD = "household"
    WITH_ME = "with-me"
    """Somebody without a card is registered beside the next card that is shown."""
    EXEMPT_UNDER_AGE = "exempt-under-age"
    EXEMPT_VACCINATED = "exempt-vaccinated"
    EXEMPT_RECOVERED = "exempt-recovered"
    EXEMPT_ELSEWHERE = "exempt-elsewhere"
    EXEMPT_BEDRIDDEN = "exempt-bedridden"
    """Whoever's card is shown next is recorded and not swabbed."""
    VOID = "void"
    """Whoever's card or voucher, or whichever tube, is scanned next is taken back, if staff say yes."""
    MOVE = "move"
    """The people of the tube that is scanned next are moved to another code."""
    BOX = "box"
    """Tubes that are scanned from now on go into a box; again: no more."""
    BOX_OUT = "box-out"
    """The tube that is scanned next is taken out of its box."""
    BAG = "bag"
    """The next tubes go into another bag of the box."""
    BOX_SEAL = "box-seal"
    """The code that is scanned next is the box's seal."""
    BOX_CLOSE = "box-close"
    HAND_OVER = "hand-over"
    """The driver takes the closed box."""
    HAND_OVER_BACK = "hand-over-back"
    """The last box comes back."""
    UNDO = "undo"
    """What was done last is taken back."""
    AGAIN = "again"
    """Whoever's card is shown next is sampled here although another table has them: that sample is lost."""
    SAME_PERSON = "same-person"
    """Who was sampled by a health code shows it, or the voucher, and then the card by which the roster has them."""
    NEXT_UNIT = "next-unit"
    """The next unit of the roster is called."""
    MISSING_HERE = "missing-here"
    """Who has not come of the unit that was called last."""
    MISSING = "missing"
    """Who has not come of all units."""


class Refusal(StrEnum):
    """Why a scan was not accepted; each has its words in the translation catalogues."""

    ALREADY_SAMPLED = "already-sampled"
    SAMPLED_AT_TABLE = "sampled-at-table"
    """Another table of this point has sampled them."""
    VOUCHER_SHOWN = "voucher-shown"
    """A voucher does not tell who holds it."""
    WRONG_CHECK_DIGIT = "wrong-check-digit"
    WRONG_BIRTH_DATE = "wrong-birth-date"
    UNREADABLE = "unreadable"
    TOO_LONG = "too-long"
    CONTROL_BYTES = "control-bytes"
    UNKNOWN_CODE = "unknown-code"
    OLD_STAFF_CODE = "old-staff-code"
    ORDER_NOT_GENUINE = "order-not-genuine"
    """Not signed by the centre that this kiosk knows."""
    ORDER_NOT_FOR_HERE = "order-not-for-here"
    """For another table, or another round."""
    ORDER_OVER = "order-over"
    """Its time has passed, or a later one was there first."""
    ORDER_WITHOUT_KEY = "order-without-key"
    """The next round's key was not sealed for this table."""
    VOUCHER_WITHDRAWN = "voucher-withdrawn"
    """A code or a badge of staff, of another round, key or point."""
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
    NOT_SAMPLED = "not-sampled"
    """Nobody of that card, voucher or tube is registered in this round."""
    HANDED_OVER = "handed-over"
    """The tube has left the table: what is in it is changed by nobody here."""
    OTHER_TABLES_TUBE = "other-tables-tube"
    BOX_FULL = "box-full"
    BOX_OPEN = "box-open"
    """Another box is being packed."""
    NOT_IN_A_BOX = "not-in-a-box"
    IN_A_BOX = "in-a-box"
    """What is in a box must come out of it before it is changed."""
    SAMPLED_TWICE = "sampled-twice"
    """Both credentials have been sampled."""
    LIST_TOO_LONG = "list-too-long"
    """More people have not come than a slip is for."""
    STRAYS = "strays"
    """Tubes that do not belong into the box must come out before it is closed."""
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER_STUCK = "cutter-stuck"
    PRINTER_HOT = "printer-hot"
    PRINTER_BROKEN = "printer-broken"
    PRINTER_OFFLINE = "printer-offline"
    PRINTER_GONE = "printer-gone"
    PRINTER_BUSY = "printer-busy"
    """Another program or computer has it."""
    PRINTER_STUCK = "printer-stuck"
    """It hangs in a call, and its thread with it."""
    DISK_FULL = "disk-full"
    DISK_BUSY = "disk-busy"
    """Another process holds the journal."""
    BLOCK_USED_UP = "block-used-up"
    """The leased block has no number left."""
    PAUSED = "paused"
    CANNOT_UNDO = "cannot-undo"
    """More has come of it than can be taken back."""
    BADGE_FIRST = "badge-first"
    """Staff act here by name."""
    ROLE_MAY_NOT = "role-may-not"
    """The badge that was shown is of a role that may not do this."""
    NOTHING_TO_DO = "nothing-to-do"
    SEEN_TOO_LATE = "seen-too-late"
    """What the page showed when it was pressed is not so any more."""
    READ_FIRST = "read-first"
    """An answer to a question that nobody can have read yet."""
