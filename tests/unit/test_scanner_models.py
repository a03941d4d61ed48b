"""A model of serial scanner has one place, `Model`; these walk it and name every other place that lacks one."""

import re
from pathlib import Path
from typing import get_args

from drivers.serial_scanner.orders import ORDERS, Model
from kiosk.config import SerialScannerTable
from kiosk.virtual.scanner_orders import Maker

SAMPLE = Path(__file__).parents[2] / "firmware_config" / "kiosk.toml"
WITHOUT_ORDERS = {Model.PLAIN, Model.SSI}
"""One takes none, the other takes packets."""


def test_every_model_has_its_orders() -> None:
    assert set(Model) - WITHOUT_ORDERS == set(ORDERS)


def test_the_configuration_takes_every_model() -> None:
    assert set(get_args(SerialScannerTable.model_fields["model"].annotation)) == set(Model)


def test_there_is_a_far_end_of_every_model() -> None:
    assert {str(maker) for maker in Maker} == set(Model)


def test_the_sample_names_every_model() -> None:
    line = re.search(r"^# model = .*\| (.*)$", SAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    assert line[1].split(", ") == list(Model)
