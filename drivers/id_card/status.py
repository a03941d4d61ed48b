"""The status words (SW3) of the ID-card module by name, and what each asks of the driver; pure.

Source: vendor protocol of the security module (GA 450, GA 467), section "status words". Codes 01, 02, 03, 05 and 09
belong to vendors' libraries and never come over a line.
"""

from enum import Enum, IntEnum, auto


class Status(IntEnum):
    DONE = 0x90
    CARD_FOUND = 0x9F
    NO_SUCH_ITEM = 0x91
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    COMMAND_CHECKSUM_WRONG = 0x10
    COMMAND_LENGTH_WRONG = 0x11
    COMMAND_UNKNOWN = 0x21
    NOT_ALLOWED = 0x23
    UNSPECIFIED_ERROR = 0x24
    CARD_REFUSED_MODULE = 0x31
    MODULE_REFUSED_CARD = 0x32
    INFORMATION_CHECK_FAILED = 0x33
    FINGERPRINT_CHECK_FAILED = 0x37
    INFORMATION_LENGTH_WRONG = 0x3F
    NO_ID_CARD = 0x40
    READ_FAILED = 0x41
    NO_RANDOM_NUMBER = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66


class Remedy(Enum):
    """What is to be done about a status."""

    NONE = auto()
    """The command did what it should, or found nothing."""
    RESEND = auto()
    """The module did not get the command whole: the same command once more."""
    LOOK_AGAIN = auto()
    """The card may have moved: from find on, some times."""
    RESET = auto()
    """As LOOK_AGAIN, after a reset of the module."""
    REFUSE = auto()
    """Another try gives the same: the card must be laid again, or is none."""
    BROKEN = auto()
    """The module itself is out of order: a human must act."""


_REMEDIES: dict[int, Remedy] = {
    Status.DONE: Remedy.NONE,
    Status.CARD_FOUND: Remedy.NONE,
    Status.NO_SUCH_ITEM: Remedy.NONE,
    Status.NO_CARD: Remedy.LOOK_AGAIN,
    Status.SELECT_FAILED: Remedy.LOOK_AGAIN,
    Status.COMMAND_CHECKSUM_WRONG: Remedy.RESEND,
    Status.COMMAND_LENGTH_WRONG: Remedy.RESEND,
    Status.UNSPECIFIED_ERROR: Remedy.RESET,
    Status.INFORMATION_CHECK_FAILED: Remedy.LOOK_AGAIN,
    Status.FINGERPRINT_CHECK_FAILED: Remedy.LOOK_AGAIN,
    Status.INFORMATION_LENGTH_WRONG: Remedy.LOOK_AGAIN,
    Status.READ_FAILED: Remedy.LOOK_AGAIN,
    Status.NO_RANDOM_NUMBER: Remedy.LOOK_AGAIN,
    Status.SELF_TEST_FAILED: Remedy.BROKEN,
    Status.NOT_AUTHORISED: Remedy.BROKEN,
}


def remedy(status: int) -> Remedy:
    """A status that no table names is refused, as those that name a fault of the card or of the command."""
    return _REMEDIES.get(status, Remedy.REFUSE)


def in_words(status: int) -> str:
    """`41 read failed`."""
    known = status in Status.__members__.values()
    return f"{status:02X} {Status(status).name.lower().replace('_', ' ') if known else 'unknown status'}"
