"""Which tablets and phones may see the staff's page: a code of the table's own screen, once, then a secret of theirs.

The code is short because a person types it: it lives for two minutes, for one device, and for five tries.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from kiosk.frozen import dataclass
from kiosk.screen.lines import HERE, LONGEST_NAME

CODE_S = 120
TRIES = 5
TRY_S = 1.0
"""Between two tries, whoever tries: somebody who types does not notice."""
DEVICE_S = 16 * 3600
"""A day's work; the next morning it is paired again."""
MOST_DEVICES = 8


@dataclass(frozen=True, slots=True)
class Device:
    """One that was paired. `digest` is of its secret, which nobody keeps but itself."""

    name: str
    digest: str
    until_s: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A code that is on show."""

    code: str
    until_s: float
    tries: int


class TooSoon(Exception):  # noqa: N818 - what is said of it
    """Somebody tries too fast."""


class Pairings:
    """The devices of this table, in one file of their own."""

    def __init__(self, file: Path, now_s: Callable[[], float], passed_s: Callable[[], float]) -> None:
        """`now_s` is the clock on the wall, which somebody may set; `passed_s` goes on whoever sets it."""
        self._file, self._now_s, self._passed_s = file, now_s, passed_s
        self._offer: Offer | None = None
        self._tried_s = float("-inf")
        self._devices = _read(file)

    @property
    def devices(self) -> tuple[Device, ...]:
        """Those that may still come."""
        return tuple(each for each in self._devices if each.until_s > self._now_s())

    def offer(self) -> Offer:
        """A new code; the one before is worth nothing."""
        self._offer = Offer(f"{secrets.randbelow(10**6):06d}", self._passed_s() + CODE_S, TRIES)
        return self._offer

    @property
    def offered(self) -> bool:
        """Whether a code is on show that still lets somebody in."""
        offer = self._offer
        return offer is not None and self._passed_s() < offer.until_s and offer.tries > 0

    def pair(self, code: str, name: str) -> str | None:
        """The device's secret; None where the code is not the one on show. Raises TooSoon, OSError."""
        passed_s, offer = self._passed_s(), self._offer
        if passed_s - self._tried_s < TRY_S:
            raise TooSoon
        self._tried_s = passed_s
        if offer is None or not self.offered:
            return None
        if not secrets.compare_digest(code.encode(), offer.code.encode()):
            self._offer = Offer(offer.code, offer.until_s, offer.tries - 1)
            return None
        secret = secrets.token_urlsafe(32)
        named = Device(self._free(name), _digest(secret), int(self._now_s()) + DEVICE_S)
        self._keep((*self.devices[-(MOST_DEVICES - 1) :], named))
        self._offer = None
        return secret

    def device(self, secret: str) -> Device | None:
        """Whose secret it is."""
        digest = _digest(secret)
        return next((each for each in self.devices if secrets.compare_digest(each.digest, digest)), None)

    def revoke(self, name: str) -> bool:
        """Whether there was such a device. Where nothing can be written it is gone all the same, and after a restart so
        are the others: a file that is no more lets nobody in. Raises OSError where not even that can be done."""
        left = tuple(each for each in self.devices if each.name != name)
        found = len(left) < len(self.devices)
        self._devices = left
        try:
            self._keep(left)
        except OSError:
            self._file.unlink(missing_ok=True)
        return found

    def _free(self, name: str) -> str:
        """Two tablets of one name could not be told apart, nor revoked one by one; nor one from the table's screen."""
        wanted = "".join(each for each in name if each.isprintable()).strip()[: LONGEST_NAME - 4] or "?"
        taken = {HERE, *(each.name for each in self.devices)}
        numbered = (f"{wanted} {n}" for n in range(2, MOST_DEVICES + 3))
        return next(each for each in (wanted, *numbered) if each not in taken)

    def _keep(self, devices: tuple[Device, ...]) -> None:
        """Whole or not at all, and for nobody else's eyes."""
        fresh = self._file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps([asdict(each) for each in devices], ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._file)
        self._devices = devices


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _read(file: Path) -> tuple[Device, ...]:
    """Nobody's, where there is no such file or it is torn: they are paired again."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return tuple(Device(str(each["name"]), str(each["digest"]), int(each["until_s"])) for each in found)
    except (OSError, ValueError, TypeError, KeyError):
        return ()
