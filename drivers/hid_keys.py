"""Key events of a keyboard-wedge scanner to codes, pure. Numbers are those of Linux input-event-codes, layout US."""

from dataclasses import dataclass, field

LONGEST = 4096

_PLAIN = {
    **dict(zip(range(2, 14), "1234567890-=", strict=True)),
    **dict(zip(range(16, 28), "qwertyuiop[]", strict=True)),
    **dict(zip(range(30, 42), "asdfghjkl;'`", strict=True)),
    **dict(zip(range(43, 54), "\\zxcvbnm,./", strict=True)),
    57: " ",
}
_SHIFTED = {
    **dict(zip(range(2, 14), "!@#$%^&*()_+", strict=True)),
    **dict(zip(range(16, 28), "QWERTYUIOP{}", strict=True)),
    **dict(zip(range(30, 42), 'ASDFGHJKL:"~', strict=True)),
    **dict(zip(range(43, 54), "|ZXCVBNM<>?", strict=True)),
    57: " ",
}
_KEYPAD = {
    55: "*",
    71: "7",
    72: "8",
    73: "9",
    74: "-",
    75: "4",
    76: "5",
    77: "6",
    78: "+",
    79: "1",
    80: "2",
    81: "3",
    82: "0",
    83: ".",
    98: "/",
}
_ENTER, _KEYPAD_ENTER, _TAB = 28, 96, 15
_SHIFTS, _CONTROLS, _CAPS_LOCK = (42, 54), (29, 97), 58
_DOWN, _UP = 1, 0


@dataclass(slots=True)
class KeyReader:
    """Collects the characters of one scan; Enter or Tab ends it."""

    _text: list[str] = field(default_factory=list, repr=False)
    _held: set[int] = field(default_factory=set)
    _caps: bool = False

    @property
    def inside(self) -> bool:
        """True while a scan has begun and not ended."""
        return bool(self._text)

    def key(self, code: int, value: int) -> bytes | None:
        """One EV_KEY event (1 down, 0 up, 2 repeat); returns the scan that it ended."""
        if code in _SHIFTS or code in _CONTROLS:
            (self._held.discard if value == _UP else self._held.add)(code)
            return None
        if value != _DOWN:
            return None
        if code in (_ENTER, _KEYPAD_ENTER, _TAB):
            return self.end()
        if code == _CAPS_LOCK:
            self._caps = not self._caps
            return None
        self._text.append(self._character(code))
        del self._text[:-LONGEST]
        return None

    def end(self) -> bytes | None:
        """The scan so far, by Enter or by silence; None if nothing was typed."""
        text, self._text = "".join(self._text), []
        return text.encode() or None

    def lost(self) -> None:
        """SYN_DROPPED: events are missing, so the scan under way and the held keys are worthless."""
        self._text.clear()
        self._held.clear()

    def _character(self, code: int) -> str:
        if self._held.intersection(_CONTROLS):
            return self._control(code)
        shift = bool(self._held.intersection(_SHIFTS))
        plain = _PLAIN.get(code)
        if plain is not None and plain.isalpha():
            shift ^= self._caps
        return (_SHIFTED if shift else _PLAIN).get(code) or _KEYPAD.get(code, "")

    def _control(self, code: int) -> str:
        """Scanners send GS (1D) as Ctrl+] and the like."""
        plain = _PLAIN.get(code, "")
        return chr(ord(plain.upper()) & 0x1F) if plain else ""
