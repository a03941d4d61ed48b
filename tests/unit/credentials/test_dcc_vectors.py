"""Published test vectors of the EU Digital COVID Certificate, from the folder that --dcc names.

Each is judged with the certificate and at the time of its TESTCTX, and as its EXPECTED flags say. The folder may be the
whole public collection, a folder a country; where we judge otherwise than its authors, OTHERWISE says why.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.credentials import Forms, Identity, Pattern, Rejected, understand
from kiosk.credentials.keys import NotKeys
from kiosk.credentials.trust_lists import read_trust_list
from kiosk.model import Refusal
from kiosk.ports import TextScan

REASONS = {
    "UNPREFIX": {Refusal.UNKNOWN_CODE, Refusal.TOO_LONG},
    "B45DECODE": {Refusal.TORN},
    "COMPRESSION": {Refusal.TORN},
    "DECODE": {Refusal.TORN},
    "VERIFY": {Refusal.WRONG_SIGNATURE, Refusal.CANNOT_BE_CHECKED, Refusal.TORN},
    "KEYUSAGE": {Refusal.WRONG_SIGNATURE},
    "SCHEMAVALIDATION": {Refusal.TORN},
    "EXPIRATIONCHECK": {Refusal.EXPIRED},
}
"""What a layer that is expected to fail is refused for. A vector may be wrong in a layer before the one it is about."""

VALUES = "what it says of vaccines and tests is not judged, only whose it is"
OTHERWISE = {
    "ES/2DCode/raw/40?.json": "signed by a key of P-384; the specification has P-256 alone",
    "IS/2DCode/raw/3.json": "its signer's certificate names no kind, so it may sign all",
    "LI/2DCode/raw/4.json": "a test, by a signer whose certificate is for vaccinations",
    "NL/2DCode/raw/*.json": VALUES,
    "PL/*/2DCode/raw/[789].json": VALUES,
    "PL/1.3.0/2DCode/raw/[15].json": "its JSON is of another person than its code",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    folder = metafunc.config.getoption("--dcc")
    if folder is None:
        nothing = pytest.param(None, marks=pytest.mark.skip(reason="no folder of vectors: give --dcc=FOLDER"))
        metafunc.parametrize("file", [nothing], ids=["vectors"])
        return
    files = sorted(Path(folder).rglob("*.json"))
    metafunc.parametrize("file", files, ids=[file.stem for file in files])


def test_as_its_flags_say(file: Path) -> None:
    vector = json.loads(file.read_text(encoding="utf-8-sig"))
    if "TESTCTX" not in vector:
        pytest.skip("no vector")
    context = vector["TESTCTX"]
    flags = {key.removeprefix("EXPECTED"): value for key, value in vector["EXPECTEDRESULTS"].items()}
    if flags.get("PICTUREDECODE") is False:
        pytest.skip("it is about the picture, not the text")
    at = datetime.fromisoformat(context["VALIDATIONCLOCK"]).timestamp()
    found = judged(vector["PREFIX"], context["CERTIFICATE"], at)
    if found == Rejected(Refusal.EXPIRED) and "EXPIRATIONCHECK" not in flags:
        # What a vector does not say of time is not asked of it: one has a clock before its own issue.
        found = judged(vector["PREFIX"], context["CERTIFICATE"], None)
    elif found == Rejected(Refusal.EXPIRED) and flags["EXPIRATIONCHECK"]:
        # Three countries' clocks stand at the second with which it ends, and then it is over (RFC 8392, 3.1.4).
        found = judged(vector["PREFIX"], context["CERTIFICATE"], at - 1)
    failing = [layer for layer, passes in flags.items() if passes is False]
    why = next(otherwise(file), "")
    if not failing and not why:
        assert isinstance(found, Identity)
        assert "JSON" not in vector or found.canonical == canonical(vector["JSON"])
    elif isinstance(found, Identity):
        assert why
        assert set(failing) <= {"SCHEMAVALIDATION", "KEYUSAGE"}
    elif failing:
        assert isinstance(found, Rejected)
        assert found.reason in set().union(*(REASONS[layer] for layer in failing))


def otherwise(file: Path) -> Iterator[str]:
    return (why for pattern, why in OTHERWISE.items() if file.match(pattern))


def judged(text: str, certificate: str, now_s: float | None) -> object:
    try:
        trust = read_trust_list(base64.b64decode(certificate))
    except NotKeys:
        return Rejected(Refusal.CANNOT_BE_CHECKED)
    today = None if now_s is None else datetime.fromtimestamp(now_s, UTC).date()
    return understand(
        TextScan(text.encode()), Forms((), Pattern("[A-Za-z0-9_-]{32,256}"), "0352", {}, trust), today, now_s
    )


def canonical(content: dict[str, object]) -> str:
    """As the JSON of the vector has it."""
    names = content["nam"]
    assert isinstance(names, dict)
    return f"dcc:{names['fnt'].strip('<')}:{names.get('gnt', '').strip('<')}:{str(content['dob'])[:10]}"
