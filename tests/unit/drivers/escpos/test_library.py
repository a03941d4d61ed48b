"""python-escpos as it is loaded: with its whole database, without a pickle and without a folder left behind."""

import os
import pickle
import platform
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from drivers.escpos.library import CAPABILITIES, Escpos, get_profile
from kiosk_file import GOOD

NO_PICKLE = """
import pickle, runpy, sys
def refuse(*_):
    raise AssertionError("a pickle")
pickle.load = pickle.loads = pickle.dump = pickle.dumps = refuse
"""
IMPORTS = "import drivers.escpos.encoder, drivers.escpos.printer, drivers.escpos.calibration, drivers.escpos.probe"
CHECK = 'sys.argv[1:] = {arguments}; runpy.run_module("kiosk", run_name="__main__")'


class Trap:
    """Leaves a file wherever it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = str(file)

    def __reduce__(self):
        return (Path.touch, (Path(self.file),))


def in_a_fresh_process(program: str, tmp_path: Path) -> int:
    """With a trap where the library would look for its pickle; the folder of temporary files must stay empty."""
    temporary, trap, sprung = tmp_path / "tmp", tmp_path / "pickles", tmp_path / "sprung"
    temporary.mkdir()
    trap.mkdir()
    (trap / f"{platform.python_version()}.capabilities.pickle").write_bytes(pickle.dumps(Trap(sprung)))
    environment = os.environ | {"TMPDIR": str(temporary), "ESCPOS_CAPABILITIES_PICKLE_DIR": str(trap)}
    done = subprocess.run([sys.executable, "-c", NO_PICKLE + program], env=environment, timeout=50)
    assert list(temporary.iterdir()) == []
    assert len(list(trap.iterdir())) == 1
    assert not sprung.exists()
    return done.returncode


def test_the_drivers_load_it_without_a_pickle_or_a_folder(tmp_path):
    assert in_a_fresh_process(IMPORTS, tmp_path) == 0


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_the_commands_load_it_without_a_pickle_or_a_folder(tmp_path, command):
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD.replace('kind = "usb"', f'kind = "usb"\ndevice = "{tmp_path}/lp0"'), encoding="utf-8")
    arguments = [command, "--config", str(file), *(["--printer"] if command == "doctor" else [])]
    status = in_a_fresh_process(CHECK.format(arguments=arguments), tmp_path)
    assert status == {"check": 0, "doctor": 69}[command]


def test_its_database_is_what_the_library_would_have_read():
    assert yaml.safe_load(files("escpos").joinpath("capabilities.json").read_bytes()) == CAPABILITIES
    assert get_profile("TM-T88II").supports("barcodeB")
    assert Escpos.__module__ == "escpos.escpos"
