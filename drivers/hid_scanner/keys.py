"""Input events of a keyboard-wedge scanner to codes, pure. Numbers are those of Linux input-event-codes."""

from drivers.hid_scanner.layouts import LAYOUTS, Layout, accented
from drivers.scan_frames import LONGEST, UNSEEN, Head, TooLong, Torn, head_of

SHORTEST_BY_SILENCE = 4
"""Bytes; what silence ends and is shorter was a key that somebody touched."""

_EV_SYN, _EV_KEY, _SYN_REPORT, _SYN_DROPPED = 0, 1, 0, 3
_UP, _DOWN = 0, 1
_ENDS = frozenset({28, 96, 15})
"""Enter, the keypad's Enter, Tab."""
_SHIFTS, _CONTROLS, _ALT, _ALT_GR, _CAPS_LOCK = frozenset({42, 54}), frozenset({29, 97}), 56, 100, 58
_MODIFIERS = _SHIFTS | _CONTROLS | {_ALT, _ALT_GR}
_KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
_KEYPAD_SIGNS = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}


class Lost:
    """Events are missing: what was being typed is worthless."""


class KeyReader:
    """Collects the characters of one scan; Enter or Tab ends it, silence only with `by_silence`: otherwise silence
    tears it, and its rest is dropped. Its repr shows nothing of the characters."""

    def __init__(self, layout: Layout = LAYOUTS["us"], caps: bool = False, by_silence: bool = False) -> None:
        self._layout, self._caps = layout, caps
        self._text = bytearray()
        self._held: set[int] = set()
        self._accent = ""
        self._alt_digits = ""
        self._dropping = False
        self._by_silence = by_silence
        self._torn: Head | None = None
        self._torn_in_a_row = 0
        self._overrun = False

    @property
    def inside(self) -> bool:
        """True while a scan, or what follows a torn one, has begun and not ended."""
        spoiled = self._by_silence and self._torn is not None
        return bool(self._text or self._accent or self._alt_digits) or spoiled or self._overrun

    @property
    def amid(self) -> bool:
        """True while what comes, up to the next end, may be the rest of a scan whose beginning is lost."""
        return self._torn is not None

    def opened(self) -> None:
        """The device was opened, it may be amid a scan: that is dropped up to its end."""
        self._torn = UNSEEN

    def event(self, kind: int, code: int, value: int) -> bytes | TooLong | Lost | None:
        """One input event; returns the scan that it ended, or Lost where the kernel dropped some."""
        if kind == _EV_SYN and code == _SYN_DROPPED:
            self._lose()
            return Lost()
        if self._dropping:
            # What comes before the next report belongs to what was dropped.
            self._dropping = (kind, code) != (_EV_SYN, _SYN_REPORT)
            return None
        return self._key(code, value) if kind == _EV_KEY else None

    def silence(self) -> bytes | TooLong | Torn | None:
        """A long pause: the scan so far, if pauses end them and it can be one."""
        if not self._by_silence:
            return self._tear() if self.inside else None
        found = self._end()
        return None if isinstance(found, bytes) and len(found) < SHORTEST_BY_SILENCE else found

    def forget_torn(self) -> None:
        """Nothing has come of the rest for so long that what comes is a new scan."""
        if not self.inside:
            self._torn = None

    def _tear(self) -> TooLong | Torn:
        told = TooLong() if self._overrun and self._torn is None else Torn(self._torn_in_a_row + 1)
        self._torn_in_a_row += 1
        self._spoil()
        return told

    def _spoil(self) -> None:
        # The rest of the scan still comes: without its beginning it would be another code.
        self._torn = head_of(bytes(self._text))
        self._text.clear()
        self._accent = self._alt_digits = ""
        self._overrun = False

    def _lose(self) -> None:
        self._spoil()
        self._held.clear()
        self._dropping = True

    def _key(self, code: int, value: int) -> bytes | TooLong | None:
        if code in _MODIFIERS:
            self._modifier(code, value)
            return None
        if value != _DOWN:
            return None
        if code in _ENDS:
            return self._end()
        if code == _CAPS_LOCK:
            self._caps = not self._caps
            return None
        return self._type(code)

    def _modifier(self, code: int, value: int) -> None:
        if value == _UP:
            self._held.discard(code)
            if code == _ALT:
                self._alt_code()
        elif value == _DOWN:
            self._held.add(code)

    def _type(self, code: int) -> bytes | TooLong | None:
        controls = bool(self._held & _CONTROLS)
        if _ALT in self._held and not controls:
            self._alt_digits += _KEYPAD.get(code, "")
            return None
        if controls and _ALT not in self._held:
            return self._control(code)
        plane = self._plane(code)
        character = self._layout.character(plane, code) or _KEYPAD.get(code) or _KEYPAD_SIGNS.get(code, "")
        self._character(character, (plane, code) in self._layout.dead)
        return None

    def _plane(self, code: int) -> str:
        if _ALT_GR in self._held or (_ALT in self._held and self._held & _CONTROLS):
            return "alt_gr"
        shift = bool(self._held & _SHIFTS) ^ (self._caps and code in self._layout.caps)
        return "shifted" if shift else "plain"

    def _character(self, character: str, dead: bool) -> None:
        if not character:
            return
        if self._accent:
            character, self._accent = accented(self._accent, character), ""
        elif dead:
            self._accent = character
            return
        self._append(character.encode())

    def _alt_code(self) -> None:
        """A number typed on the keypad under Alt: a byte of the scanner's code page, above 255 the bytes of GBK."""
        digits, self._alt_digits = self._alt_digits, ""
        if digits:
            number = int(digits[-10:])
            self._append(number.to_bytes(max(1, (number.bit_length() + 7) // 8)))

    def _control(self, code: int) -> bytes | TooLong | None:
        """Scanners may send GS (1D) as Ctrl+] and Enter as Ctrl+M."""
        plain = self._layout.plain.get(code, "").upper()
        if not "@" <= plain <= "_":
            return None
        character = bytes([ord(plain) & 0x1F])
        if character in b"\r\n\t":
            return self._end()
        self._append(character)
        return None

    def _append(self, data: bytes) -> None:
        self._text += data
        if len(self._text) > LONGEST:
            self._overrun = True
            self._text.clear()

    def _end(self) -> bytes | TooLong | None:
        if self._accent:
            self._character(" ", dead=False)
        text, overrun, torn = bytes(self._text), self._overrun, self._torn
        self._text.clear()
        self._alt_digits, self._overrun, self._torn, self._torn_in_a_row = "", False, None, 0
        if torn is not None and (overrun or not torn.begins(text)):
            return None
        if not (text or overrun):
            return None
        return TooLong() if overrun else text
