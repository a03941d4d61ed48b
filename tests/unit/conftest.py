"""Tables without devices, and what people at them hold."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cbor2
import pytest

from kiosk.cli import main
from kiosk.credentials import staff_codes
from kiosk.encodings import base45
from table_bench import PASS_KEY, STAFF_KEY, Bench, MakeBench, plan_of, resident_number


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[MakeBench]:
    """Benches on one journal file; each call is a new power-on."""
    benches: list[Bench] = []

    def make(round_id: str = "r1", **changes: object) -> Bench:
        for bench in benches:
            bench.journal.close()
        benches.append(Bench(tmp_path / "journal.sqlite", plan_of(**changes), round_id=round_id))
        return benches[-1]

    yield make
    for bench in benches:
        bench.journal.close()


@pytest.fixture
def make_bench_in() -> Iterator[Callable[..., Bench]]:
    """As make_bench, on a journal in the folder that is given."""
    benches: list[Bench] = []

    def make(folder: Path, **changes: object) -> Bench:
        for bench in benches:
            bench.journal.close()
        benches[:] = [Bench(folder / "journal.sqlite", plan_of(**changes))]
        return benches[-1]

    yield make
    for bench in benches:
        bench.journal.close()


@pytest.fixture
def number() -> Callable[[int], str]:
    return resident_number


@pytest.fixture
def staff() -> dict[str, str]:
    """Staff code text by action."""
    return {str(action): text for text, action in staff_codes(STAFF_KEY).items()}


@pytest.fixture
def signed_pass() -> Callable[[str, int], str]:
    """The text of a pass that the bench trusts: whose it is, and when it ends (seconds since 1970)."""

    def sign(token: str, ends_s: int) -> str:
        protected, payload = cbor2.dumps({1: -8}), cbor2.dumps({2: token, 4: ends_s})
        signature = PASS_KEY.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
        return "PS1:" + base45.encode(cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature])))

    return sign


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command as people call it; its exit status, what it said and what it complained of."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(list(map(str, arguments)))
        told = capsys.readouterr()
        return status, told.out, told.err

    return run
