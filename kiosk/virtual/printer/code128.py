"""Code 128 as the printer encodes it from function B data (ESC/POS notes, section 2; ISO/IEC 15417 table 1)."""

from dataclasses import dataclass

# Widths of bar, space, bar, space, bar, space of the symbol values 0-105.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
WIDTHS = tuple(_TABLE.split())
STOP = "2331112"

START = {"A": 103, "B": 104, "C": 105}
# The value that leads from one set to another, by set left and set entered.
SWITCH = {
    ("A", "B"): 100,
    ("A", "C"): 99,
    ("B", "A"): 101,
    ("B", "C"): 99,
    ("C", "A"): 101,
    ("C", "B"): 100,
}
SHIFT = 98
FNC = {"1": (102, 102, 102), "2": (97, 97, None), "3": (96, 96, None), "4": (101, 100, None)}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol ready to draw: `modules` holds True for a bar; `content` is what a reader reads."""

    modules: tuple[bool, ...]
    content: str


def encode(data: bytes) -> Symbol | None:
    """The symbol for `{B...`, `{C...` or `{A...` data, or None where the printer would print nothing."""
    read = _values(data)
    if read is None:
        return None
    values, content = read
    if len(values) < 2:
        return None
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    widths = "".join(WIDTHS[value] for value in (*values, check)) + STOP
    modules = (is_even for place, width in enumerate(widths) for is_even in (place % 2 == 0,) * int(width))
    return Symbol(tuple(modules), content)


def _values(data: bytes) -> tuple[list[int], str] | None:
    if len(data) < 2 or data[:1] != b"{" or chr(data[1]) not in START:
        return None
    encoder = _Encoder(chr(data[1]))
    rest = iter(data[2:])
    for byte in rest:
        selected = next(rest, None) if byte == ord("{") else None
        if byte == ord("{") and selected is None:
            return None
        if not (encoder.add(byte) if selected in (None, ord("{")) else encoder.select(chr(selected or 0))):
            return None
    return encoder.values, "".join(encoder.content)


class _Encoder:
    def __init__(self, start: str) -> None:
        self.set = start
        self.values = [START[start]]
        self.content: list[str] = []
        self._shifted = False

    def select(self, name: str) -> bool:
        if name in START:
            if name != self.set:
                self.values.append(SWITCH[self.set, name])
                self.set = name
            return True
        if name == "S" and self.set != "C":
            self.values.append(SHIFT)
            self._shifted = True
            return True
        value = FNC.get(name, (None, None, None))["ABC".index(self.set)]
        if value is not None:
            self.values.append(value)
        return value is not None

    def add(self, byte: int) -> bool:
        used = {"A": "B", "B": "A", "C": "C"}[self.set] if self._shifted else self.set
        self._shifted = False
        value = _value(used, byte)
        if value is None:
            return False
        self.values.append(value)
        self.content.append(f"{byte:02d}" if used == "C" else chr(byte))
        return True


def _value(used: str, byte: int) -> int | None:
    """The symbol value of one data byte; in set C the byte is the value itself (section 2)."""
    if used == "C":
        return byte if byte <= 99 else None
    if used == "B":
        return byte - 32 if 32 <= byte <= 127 else None
    if byte < 32:
        return byte + 64
    return byte - 32 if byte <= 95 else None
