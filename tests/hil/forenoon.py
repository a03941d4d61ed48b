"""A table for a whole forenoon: people, staff, a driver and a laboratory, over real drivers and virtual far ends."""

import json
import re
import sqlite3
import time
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from kiosk.virtual.demo.crowd import with_check_digit
from kiosk.virtual.demo.daemon import Record
from kiosk.virtual.demo.subscriber import Subscriber
from kiosk.virtual.demo.table import DemoTable
from kiosk.virtual.printer import Slip
from kiosk.vouchers.manifest import Manifest, read, verify
from kiosk.vouchers.reception import Reception
from kiosk.vouchers.token import Signer
from kiosk.vouchers.token import read as read_voucher
from kiosk.vouchers.token import verify as verify_voucher

DOUBTFUL = """
SELECT j.kind || ' ' || coalesce(t.code, s.voucher, b.number, '-') || ' ' || (
  SELECT count(*) FROM jobs o WHERE o.kind = j.kind AND o.tube_id IS j.tube_id AND o.sample_seq IS j.sample_seq
  AND o.handover_id IS j.handover_id AND (o.state = 'confirmed' OR o.settlement = 'came-out')
)
FROM jobs j LEFT JOIN tubes t ON t.id = j.tube_id LEFT JOIN samples s ON s.seq = j.sample_seq
LEFT JOIN handovers h ON h.id = j.handover_id LEFT JOIN boxes b ON b.id = h.box_id
WHERE j.state = 'unconfirmed' AND j.settlement IS NULL ORDER BY j.id LIMIT 1
"""
"""The slip that staff are asked about: kind, number, and how many of its kind came out for certain."""
READ_S = 1.1
"""A question is read."""
SHOWN_S = 1.6
"""A code is taken away after its answer, and so much later shown again."""
PATIENCE_S = 60.0
"""Generous, for a shared machine."""
MISSED = ("refused.nothing-to-do", "refused.read-first")
"""The question has not come up yet: it is answered later."""


def resident(serial: int) -> str:
    return with_check_digit(f"11019919{60 + serial // 300}0101{serial % 300 + 100:03d}")


MISMATCHES = {"超时": "too-old", "未装箱": "missing"}


class Forenoon:
    """What people do at the table, and what everybody knows at its end."""

    def __init__(
        self, table: DemoTable, settings: dict[str, str], port: int | None = None, centre: str = "centre"
    ) -> None:
        self.table = table
        self.authority = X25519PrivateKey.generate()
        public = self.authority.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (table.state / "keys" / "authority.pem").write_bytes(public)
        config = table.state / "kiosk.toml"
        text = config.read_text("utf-8")
        for old, new in settings.items():
            assert old in text
            text = text.replace(old, new)
        config.write_text(text, "utf-8")
        self._codes = table.staff_codes
        self._shown: dict[str, float] = {}
        self.centre = Subscriber(table.broker.port if port is None else port, name=centre)
        self.centre.start()

    def start(self) -> None:
        since = len(self.table.daemon.records)
        self.table.daemon.start()
        assert self.table.daemon.listens(PATIENCE_S, since)

    # What people do

    def scan(self, text: str, *expected: str) -> Record:
        """Holds a code up; one of the expected words comes of it."""
        again = self._shown.get(text, 0.0) + SHOWN_S - time.monotonic()
        time.sleep(max(0.0, again))
        since = len(self.table.daemon.records)
        self.table.scanner.present(text.encode())
        found = self.table.daemon.wait_for(lambda r: r["event"] == "notice" and r["key"] in expected, PATIENCE_S, since)
        assert found, (expected, self.table.daemon.records[since:])
        self._shown[text] = time.monotonic()
        return found

    def staff(self, action: str, *expected: str) -> Record:
        return self.scan(self._codes[action], *expected)

    def serve(self, *people: int) -> None:
        for person in people:
            self.scan(resident(person), "accepted", "accepted-household")

    def sure(self, action: str, question: str, *expected: str) -> None:
        """What is asked twice."""
        self.staff(action, f"question.{question}")
        self.yes(*expected)

    def yes(self, *expected: str) -> None:
        time.sleep(READ_S)
        self.staff("yes", *expected)

    def settled(self) -> None:
        """All slips are out, and whatever is in doubt is answered: it lies there."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            states = set(self.column("SELECT state FROM jobs WHERE settlement IS NULL"))
            if "unconfirmed" in states:
                self._answer()
            elif self._asks_to_print():
                self.yes("noted")
            elif not {"queued", "sending"} & states:
                return
            time.sleep(0.3)
        left = self.column(
            "SELECT kind || ' ' || state || ' ' || printer FROM jobs WHERE state IN ('queued', 'sending')"
        )
        raise AssertionError(f"the slips never end: {left}, {self.table.daemon.records[-6:]}")

    def _answer(self) -> None:
        """As staff do, who look whether it lies there."""
        kind, number, out = self.column(DOUBTFUL)[0].split()
        time.sleep(READ_S)
        self.staff("yes" if self._lying_there(kind, number) > int(out) else "no", "noted", *MISSED)

    def _lying_there(self, kind: str, number: str) -> int:
        """How many whole slips of this kind say this number."""
        time.sleep(0.5)
        slips = [slip for slip in self.paper() if number in (*slip.barcodes, *_numbers(slip.qrs))]
        closings = sum("封管单".encode("gbk") in b"".join(slip.lines) for slip in slips)
        return closings if kind == "closing" else len(slips) - (closings if kind == "label" else 0)

    def paper(self) -> list[Slip]:
        """All that was cut, once nothing moves any more and the last of it is drawn."""
        end = time.monotonic() + PATIENCE_S
        while not self.table.printer.all_drawn:
            assert time.monotonic() < end, "the printer never rests"
            time.sleep(0.05)
        return self.table.slips

    def _asks_to_print(self) -> bool:
        """More vouchers wait after a power cut than people stand there."""
        told = [record["key"] for record in self.table.daemon.records if record["event"] == "notice"]
        return told[-1:] == ["question.waiting"]

    # What the journal says

    def column(self, query: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(self.table.journal)) as database:
            return [row[0] for row in database.execute(query, values)]

    def tubes(self, state: str) -> list[str]:
        return self.column("SELECT code FROM tubes WHERE state = ? AND code IS NOT NULL ORDER BY id", state)

    def aged(self, code: str, hours: int) -> None:
        """As if that tube had been opened so much earlier, in another life of the machine; the kiosk is off."""
        query = "UPDATE tubes SET boot = 'another', wall_ms = wall_ms - ? WHERE code = ?"
        with closing(sqlite3.connect(self.table.journal)) as database, database:
            assert database.execute(query, (hours * 3_600_000, code)).rowcount == 1

    def listed(self) -> dict[str, list[str]]:
        """What the last list of a box's mismatches says on paper: codes by what is wrong with them."""
        slips = [[line.decode("gbk").strip() for line in slip.lines] for slip in self.paper()]
        lines = next(each for each in reversed(slips) if each[0] == "装箱核对单")
        found: dict[str, list[str]] = {}
        for code, why in pairwise(lines):
            if why in MISMATCHES:
                found.setdefault(MISMATCHES[why], []).append("".join(re.findall("[0-9A-Z]", code)))
        return found

    def voucher(self, nth: int) -> str:
        """Of the nth sample that stands, from 0."""
        found: str = self.column("SELECT voucher FROM samples WHERE void = 0 ORDER BY seq LIMIT 1 OFFSET ?", nth)[0]
        return found

    # What lies there at the end

    @property
    def signer(self) -> Signer:
        return Signer(bytes.fromhex((self.table.state / "keys" / "voucher-key").read_text()))

    def manifests(self) -> dict[str, Manifest]:
        """The last printed of each box."""
        texts = [qr.decode() for slip in self.table.slips for qr in slip.qrs if qr.startswith(b"KM1:")]
        found = [verify(text, [self.signer.public_key]) for text in texts]
        return {manifest.box: manifest for manifest in sorted(found, key=lambda each: each.handover)}

    def manifest_texts(self) -> list[str]:
        return [qr.decode() for slip in self.table.slips for qr in slip.qrs if qr.startswith(b"KM1:")]

    def vouchers(self) -> list[str]:
        """On paper, unmarked or not, as a guard reads them."""
        texts = [qr.decode() for slip in self.table.slips for qr in slip.qrs if qr.startswith(b"KV1:")]
        return [verify_voucher(text, [self.signer.public_key]).number for text in texts]

    def records(self) -> dict[str, dict[str, Any]]:
        """The centre's last word on each tube."""
        told = [each.payload for each in self.centre.received if "/tubes/" in each.topic]
        return {record["code"]: record for record in sorted(told, key=lambda record: record["seq"])}

    def opened(self, record: dict[str, Any]) -> list[str]:
        """The numbers of its members, by another library's HPKE."""
        suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
        key = KEMKey.from_pyca_cryptography_key(self.authority)
        about = "/".join(record[level] for level in ("region", "round", "point", "kiosk")).encode()
        numbers = []
        for member in record["members"]:
            sealed = b64decode(member["sealed"])
            info = b"sampling-kiosk identity 1\x00" + about
            plain = suite.create_recipient_context(sealed[1:33], key, info).open(sealed[33:])
            numbers.append(cbor2.loads(plain[2 : 2 + int.from_bytes(plain[:2], "big")])[1])
        return numbers

    def received(self, *scans: str) -> Reception:
        """What the laboratory finds."""
        reception = Reception([self.signer.public_key])
        for text in scans:
            reception.scan(text)
        return reception

    def files(self) -> bytes:
        """All that the kiosk left on its disk, and all that it said."""
        disk = b"".join(path.read_bytes() for path in sorted(Path(self.table.state).rglob("*")) if path.is_file())
        return disk + json.dumps(self.table.daemon.records, ensure_ascii=False).encode()


def _numbers(qrs: Iterable[bytes]) -> Iterator[str]:
    """Vouchers and boxes, whoever signed them."""
    for text in (qr.decode() for qr in qrs):
        yield read(text).box if text.startswith("KM1:") else read_voucher(text).number
