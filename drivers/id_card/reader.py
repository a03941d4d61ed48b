"""The ID-card module on a serial line: find, select, read, in this order each time."""

import time

from drivers.id_card.frames import (
    FIND,
    READ_ADDRESS,
    READ_BASE,
    RESET,
    SELECT,
    STATUS,
    Noise,
    Reply,
    ReplyReader,
    card,
    newest_address,
)
from drivers.id_card.late import Unanswered
from drivers.id_card.status import Remedy, Status, in_words, remedy
from drivers.serial_port import SerialPort
from kiosk.ports import CardScan, DeviceSilent, FrameError

FIND_S, SELECT_S, ADDRESS_S, READ_S = 1.2, 1.2, 1.5, 5.5
"""Seconds to the first byte of each reply (vendor time-outs are 0.1, 0.1, 1.5 and 2.0, one daemon's 5.0 for all)."""
AGAIN_S = 1.0
"""So much longer than at its first read a card may take when it is read again."""
GAP_S = 0.1
"""A reply that pauses this long is torn."""
LONGEST_REPLY_S = 2.0
"""A read with two fingerprints at 9600 baud takes 2.4 s, without any 1.35 s."""
QUIET_BYTES = 16
"""So few bytes within GAP_S are stray ones; at 9600 baud a picture has 96."""
LONGEST_TAIL = 65_536
"""Bytes that may follow a reply: a picture has 38,862."""
POLL_S = 0.35
"""Vendors ask for more than 300 ms between two looks for a card."""
SAME_CARD_S = 1.0
"""A card that stays on the reader is read again this often, so that a card laid on it in a hurry is not missed."""
TRIES = 3
"""A card that was not read is tried so often, silently, before anybody is told."""
SILENCES = 2
"""As TRIES, for a module that does not answer at all: one answer may be late."""


class _PassingError(FrameError):
    """The card may be read at the next try, without anybody's doing."""


class _NoAnswerError(DeviceSilent):
    """No reply in time."""


class _WrongAnswerError(FrameError):
    """The module answered a question that has but two answers with a third."""


class IdCardReader:
    """A Scanner over the module's serial line (8N1, no flow control)."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        self._port = SerialPort("ID-card reader", port, baud)
        self._replies = ReplyReader()
        self._look_at = 0.0
        self._reread_at = 0.0
        self._unanswered = Unanswered()
        self._took_s = 0.0
        self._bad_looks = 0
        self._mistrusted = False
        self._tries = 0
        self._told = False
        self._was_read = False

    @property
    def heard_ns(self) -> int:
        """When the last byte came, monotonic nanoseconds."""
        return self._port.heard_ns

    def open(self) -> None:
        """Raises DeviceGone, and DeviceSilent if the module does not answer or says that it is out of order."""
        self._port.open()
        self._lifted()
        self._bad_looks = 0
        try:
            # The status alone would call a module ready whose find is out of order.
            if not self._stands_ready() or self._mistrusted:
                self._look_at = time.monotonic() + POLL_S
                self._look()
        except (_PassingError, _NoAnswerError) as error:
            raise DeviceSilent(f"{error}; is the baud rate right, and is it switched on?") from error
        except _WrongAnswerError as error:
            self._mistrusted = True
            raise DeviceSilent(str(error)) from error

    def close(self) -> None:
        self._port.close()
        self._replies.reset()

    def read(self, timeout: float) -> CardScan | None:
        """A card, None while there is none. One that was never read raises FrameError once until it is lifted."""
        end = time.monotonic() + timeout
        while (look_at := max(self._look_at, time.monotonic())) < end:
            time.sleep(max(0.0, look_at - time.monotonic()))
            self._look_at = time.monotonic() + POLL_S
            if self._found() and time.monotonic() >= self._reread_at:
                scan = self._read_card()
                if scan is not None:
                    return scan
        time.sleep(max(0.0, end - time.monotonic()))
        return None

    def newest_address(self) -> str:
        """The address of the card that lies there, if it was changed after the card's issue, else nothing.
        Raises FrameError, DeviceSilent, DeviceGone."""
        if self._ask(FIND, FIND_S).status != Status.CARD_FOUND:
            raise FrameError(f"{self._port.who}: no card lies there")
        self._expect(SELECT, SELECT_S)
        reply = self._ask(READ_ADDRESS, ADDRESS_S)
        if reply.status == Status.NO_SUCH_ITEM:
            return ""
        return newest_address(self._done(reply).data)

    def _found(self) -> bool:
        """Whether a card lies there. Raises FrameError if one was taken away before it could be read."""
        try:
            found = self._look()
        except _PassingError as error:
            self._bad_look(f"{error}; is the baud rate right?", TRIES)
            return False
        except _NoAnswerError as error:
            self._bad_look(str(error), SILENCES)
            return False
        except _WrongAnswerError as error:
            self._bad_look(str(error), TRIES)
            return False
        self._bad_looks, self._mistrusted = 0, False
        if not found and self._lifted():
            raise FrameError(f"{self._port.who}: the card was taken away before it was read")
        return found

    def _bad_look(self, why: str, bearable: int) -> None:
        self._bad_looks += 1
        if self._bad_looks >= bearable:
            self._mistrusted = True
            raise DeviceSilent(why)

    def _look(self) -> bool:
        """Whether find found a card; any other answer is a fault of the module."""
        reply = self._ask(FIND, FIND_S)
        if reply.status in (Status.CARD_FOUND, Status.NO_CARD):
            return reply.status == Status.CARD_FOUND
        self._reset_after(reply)
        raise _WrongAnswerError(f"{self._says(reply)} to the question for a card")

    def _stands_ready(self) -> bool:
        """Whether the module says so. Raises _WrongAnswerError if it says that it is not; one that does not know
        the question says neither."""
        reply = self._ask(STATUS, FIND_S)
        if self._reset_after(reply):
            reply = self._ask(STATUS, FIND_S)
        if reply.status not in (Status.DONE, Status.COMMAND_UNKNOWN):
            raise _WrongAnswerError(f"{self._says(reply)} to the question for its status")
        return reply.status == Status.DONE

    def _reset_after(self, reply: Reply) -> bool:
        wanted = remedy(reply.status) is Remedy.RESET
        if wanted:
            self._ask(RESET, FIND_S)
        return wanted

    def _lifted(self) -> bool:
        """Forgets the card; True if it was never read and nobody was told so. A card that was read may be lifted
        while it is read again."""
        unread = self._tries > 0 and not self._told and not self._was_read
        self._tries, self._told, self._was_read, self._reread_at = 0, False, False, 0.0
        return unread

    def _read_card(self) -> CardScan | None:
        try:
            self._expect(SELECT, SELECT_S)
            scan = self._base_read()
        except FrameError as error:
            self._not_read(error, TRIES)
            return None
        except _NoAnswerError as error:
            # Silence after a card was found is the card's doing; a dead module is silent at the next look too.
            self._not_read(_PassingError(str(error)), SILENCES)
            return None
        self._tries, self._told, self._was_read = 0, False, True
        self._reread_at = time.monotonic() + SAME_CARD_S
        return scan

    def _base_read(self) -> CardScan:
        began = time.monotonic()
        # The next resident is not seen while one waits in vain for a card that cannot be read twice.
        scan = card(self._expect(READ_BASE, min(READ_S, self._took_s + AGAIN_S) if self._was_read else READ_S))
        self._took_s = time.monotonic() - began
        return scan

    def _not_read(self, error: FrameError, bearable: int) -> None:
        """Told of a card that was never read only: some models cannot read one card twice without lifting."""
        self._tries += 1
        if isinstance(error, _PassingError) and self._tries < bearable:
            return
        self._reread_at = time.monotonic() + SAME_CARD_S
        if not self._told and not self._was_read:
            self._told = True
            raise error

    def _expect(self, command: bytes, first_byte_s: float) -> bytes:
        """The data of a reply that says done."""
        return self._done(self._ask(command, first_byte_s)).data

    def _done(self, reply: Reply) -> Reply:
        if reply.status == Status.DONE:
            return reply
        self._reset_after(reply)
        again = remedy(reply.status) in (Remedy.LOOK_AGAIN, Remedy.RESET, Remedy.RESEND)
        raise (_PassingError if again else FrameError)(self._says(reply))

    def _ask(self, command: bytes, first_byte_s: float) -> Reply:
        """Sends a command and waits for its reply; one the module could not read is sent once more.
        Raises DeviceSilent also if the module is out of order."""
        for _ in range(2):
            # What is left of an earlier reply must not be taken for this one's.
            self._wait_for_quiet(command)
            self._replies.reset()
            self._port.write(command)
            reply = self._reply(command, first_byte_s)
            if remedy(reply.status) is not Remedy.RESEND:
                break
        if remedy(reply.status) is Remedy.BROKEN:
            self._mistrusted = True
            raise DeviceSilent(f"{self._says(reply)}; switch the reader off and on, or have it mended")
        return reply

    def _wait_for_quiet(self, command: bytes) -> None:
        """Drops what came, and what still comes: some readers append a picture to the reply."""
        dropped = len(self._port.read(0))
        # A look may follow a reply so closely that the picture has not begun.
        may_go_on = command == FIND and time.monotonic_ns() - self._port.heard_ns < GAP_S * 1e9
        if not dropped and not may_go_on:
            return
        while dropped < LONGEST_TAIL:
            time.sleep(GAP_S)
            come = len(self._port.read(0))
            dropped += come
            if come < QUIET_BYTES:
                return
        raise _PassingError(f"{self._port.who}: bytes come without an end")

    def _says(self, reply: Reply) -> str:
        return f"{self._port.who}: status {in_words(reply.status)}"

    def _reply(self, command: bytes, first_byte_s: float) -> Reply:
        now = time.monotonic()
        deadline, latest = now + first_byte_s, now + first_byte_s + LONGEST_REPLY_S
        noise, refusal = False, None
        while (now := time.monotonic()) < min(deadline, latest):
            data = self._port.read(min(deadline, latest) - now)
            for found in self._replies.feed(data):
                match found:
                    case Reply() if self._unanswered.is_answer(command, found):
                        return found
                    case Reply():
                        latest += first_byte_s if refusal is None else 0
                        deadline, refusal = time.monotonic() + first_byte_s, found
                    case Noise():
                        noise = True
            if data and (noise or self._replies.inside):
                deadline = time.monotonic() + GAP_S
        return self._after_silence(command, noise, refusal, first_byte_s)

    def _after_silence(self, command: bytes, noise: bool, refusal: Reply | None, first_byte_s: float) -> Reply:
        torn = noise or self._replies.inside
        for found in self._replies.fallen_silent():
            if isinstance(found, Reply) and self._unanswered.is_answer(command, found):
                return found
        if refusal is not None and not refusal.data:
            # Nothing else came: it was no late answer.
            self._unanswered.clear()
            return refusal
        self._unanswered.add(command)
        if torn:
            raise _PassingError(f"{self._port.who}: the reply was torn or garbled")
        raise _NoAnswerError(f"{self._port.who}: no answer within {first_byte_s} s")
