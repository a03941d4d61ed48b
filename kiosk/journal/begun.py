"""How a round was begun at this kiosk."""

from kiosk.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Begun:
    """By which keys, as far as that tells them apart, and where; without a place where nobody's identity is sealed."""

    round_key: bytes
    voucher_key: bytes
    place: str

    def agrees(self, other: "Begun") -> tuple[bool, bool, bool]:
        """In the keys and the place, each for itself; without a place any is right."""
        is_there = self.place in (other.place, "") or not other.place
        return self.round_key == other.round_key, self.voucher_key == other.voucher_key, is_there
