"""What the laboratory's reception is told: manifests are believed by their signature, tubes are ticked off. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.encodings.base45 import capitals
from kiosk.model.local_time import moment
from kiosk.texts import Texts
from kiosk.vouchers.envelope import NotOurs, UnknownKey, WrongSignature
from kiosk.vouchers.manifest import PREFIX, Manifest, verify
from kiosk.vouchers.token import shown


class Receipt(StrEnum):
    """What came of one scan; each has its words in the catalogues."""

    MANIFEST = "manifest"
    OUTDATED = "outdated"
    """Of this box a later manifest was shown: it had come back to the point."""
    SHOWN_BEFORE = "shown-before"
    WRONG_SIGNATURE = "wrong-signature"
    UNKNOWN_KEY = "unknown-key"
    NOT_A_MANIFEST = "not-a-manifest"
    TICKED = "ticked"
    DOUBLED = "doubled"
    NOT_ON_A_MANIFEST = "not-on-a-manifest"


WELL = {Receipt.MANIFEST, Receipt.SHOWN_BEFORE, Receipt.TICKED}


@dataclass(frozen=True, slots=True)
class Told:
    """One scan and what came of it; `manifest` is the one shown, or that of the tube."""

    receipt: Receipt
    code: str
    manifest: Manifest | None = None

    @property
    def good(self) -> bool:
        return self.receipt in WELL


@dataclass(slots=True)
class Reception:
    """One delivery: its manifests, by box, and the tubes that were found in it."""

    keys: Collection[bytes]
    manifests: dict[str, Manifest] = field(default_factory=dict)
    _found: dict[str, int] = field(default_factory=dict)
    _last: str = ""

    def scan(self, text: str) -> Told | None:
        """None for a code that is held still: the very same one once more."""
        text = text.strip()
        held, self._last = text == self._last, text
        if held:
            return None
        return self._manifest(capitals(text)) if text.upper().startswith(PREFIX) else self._tube(text)

    def _manifest(self, text: str) -> Told:
        try:
            given = verify(text, self.keys)
        except UnknownKey:
            return Told(Receipt.UNKNOWN_KEY, "")
        except WrongSignature:
            return Told(Receipt.WRONG_SIGNATURE, "")
        except NotOurs:
            return Told(Receipt.NOT_A_MANIFEST, "")
        known = self.manifests.get(given.box)
        if known is not None and given.handover < known.handover:
            return Told(Receipt.OUTDATED, given.box, given)
        self.manifests[given.box] = given
        return Told(Receipt.SHOWN_BEFORE if known == given else Receipt.MANIFEST, given.box, given)

    def _tube(self, text: str) -> Told:
        code = "".join(map(shown, text))
        self._found[code] = self._found.get(code, 0) + 1
        manifest = next((each for each in self.manifests.values() if code in {line.code for line in each.lines}), None)
        if manifest is None:
            return Told(Receipt.NOT_ON_A_MANIFEST, code)
        return Told(Receipt.DOUBLED if self._found[code] > 1 else Receipt.TICKED, code, manifest)

    def missing(self) -> Iterator[tuple[str, str]]:
        """Box and code of each tube that a manifest names and nobody found."""
        for manifest in self.manifests.values():
            yield from ((manifest.box, line.code) for line in manifest.lines if line.code not in self._found)

    def strange(self) -> Iterator[str]:
        """Found, and on no manifest, whichever was shown first."""
        listed = {line.code for manifest in self.manifests.values() for line in manifest.lines}
        yield from (code for code in self._found if code not in listed)

    def on_two(self) -> Iterator[str]:
        """One of the manifests came back to the point, or two boxes claim one tube: its people are counted twice."""
        counted = Counter(line.code for manifest in self.manifests.values() for line in manifest.lines)
        yield from (code for code, times in counted.items() if times > 1)

    def doubled(self) -> Iterator[str]:
        yield from (code for code, times in self._found.items() if times > 1)

    @property
    def agrees(self) -> bool:
        """Every tube of at least one manifest is here once, on one manifest, and no other."""
        wrong = (*self.missing(), *self.strange(), *self.doubled(), *self.on_two())
        return bool(self.manifests) and not wrong


def in_words(told: Told, texts: Texts, zone: ZoneInfo) -> str:
    """One line for whoever scans."""
    said = [texts.say(f"receive.{told.receipt}"), told.code]
    manifest = told.manifest
    if manifest is not None and told.receipt is not Receipt.TICKED:
        figures = texts.say("receive.figures", tubes=len(manifest.lines), people=manifest.people)
        said += [figures, manifest.seal, _time(manifest.at_s, zone), manifest.issuer]
    return "  ".join(filter(None, said))


def as_object(manifest: Manifest, zone: ZoneInfo) -> dict[str, object]:
    """A manifest for programs; times in ISO 8601."""
    at_s = manifest.at_s
    return {
        "box": manifest.box,
        "handover": manifest.handover,
        "issuer": manifest.issuer,
        "handed_over": None if at_s is None else moment(zone, at_s).isoformat(),
        "seal": manifest.seal or None,
        "people": manifest.people,
        "tubes": [
            {"code": line.code, "people": line.people, "bag": line.bag, "age_min": line.age_min}
            for line in manifest.lines
        ],
    }


def _time(at_s: int | None, zone: ZoneInfo) -> str:
    return "" if at_s is None else f"{moment(zone, at_s):%Y-%m-%d %H:%M}"
