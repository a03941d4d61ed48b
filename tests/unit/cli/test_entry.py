"""What the command says of itself."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kiosk.cli import main

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


def test_the_installed_release_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    release = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert capsys.readouterr().out == f"kiosk {release}\n"


def test_a_kiosk_without_a_configuration_says_that_it_wants_one(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "kiosk", "run", "--config", str(tmp_path / "kiosk.toml")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert done.returncode == 72
    assert "This kiosk is not provisioned: it serves nobody yet. Nothing is broken.\n" in done.stderr
    assert f"There is no {tmp_path}/kiosk.toml. Put the table's configuration there" in done.stderr
