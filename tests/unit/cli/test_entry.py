"""What the command says of itself."""

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
