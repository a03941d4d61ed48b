"""What libraries import for things that no kiosk does is not loaded."""

import subprocess
import sys
import types

import pytest

from drivers.leaving_out import ANYTHING, leaving_out

HEAVY = (
    "PIL",
    "asyncio",
    "barcode",
    "colorzero",
    "email",
    "gpiozero.boards",
    "gpiozero.internal_devices",
    "gpiozero.spi_devices",
    "http.client",
    "importlib.metadata",
    "importlib_resources",
    "multiprocessing",
    "numpy",
    "qrcode",
    "urllib.request",
    "xml.dom.minidom",
    "xmlrpc",
    "yaml",
    "zxingcpp",
)
LOADING = """
import sys
import kiosk.cli, kiosk.app
import drivers.escpos.printer, drivers.gpio_panel, drivers.mqtt_broker, drivers.tcp_line
import drivers.id_card.reader, drivers.serial_scanner.scanner
from drivers.escpos.abilities import Abilities
from drivers.escpos.encoder import SlipEncoder
encoder = SlipEncoder(Abilities(own_barcode=False, own_qr=False))
print(*sys.modules)
encoder.prepare()
print(*sys.modules)
"""


def test_the_daemon_at_a_usual_table_loads_nothing_that_it_does_not_use():
    told = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True).stdout
    at_start, at_rest = map(set, map(str.split, told.splitlines()))
    assert not set(HEAVY) & at_start
    assert {"serial", "escpos.escpos", "gpiozero", "paho.mqtt.client", "pydantic"} <= at_start
    assert {"PIL.ImageFont", "barcode.codex", "qrcode"} <= at_rest


def test_a_stand_in_has_what_it_was_given_and_loads_the_real_module_for_more(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with leaving_out({"colorsys": {"rgb_to_hsv": None}}):
        import colorsys

        assert colorsys.rgb_to_hsv is None
        assert isinstance(sys.modules["colorsys"], types.ModuleType)
    assert "colorsys" not in sys.modules
    assert colorsys.rgb_to_yiq(0, 0, 0) == (0, 0, 0)
    assert sys.modules["colorsys"].rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_who_loaded_the_module_already_keeps_it():
    import json

    with leaving_out({"json": ANYTHING}):
        assert sys.modules["json"] is json


def test_a_python_name_that_nobody_gave_is_no_attribute():
    with leaving_out({"colorsys_that_is_not_there": ANYTHING}):
        import colorsys_that_is_not_there as nothing  # type: ignore[import-not-found]
    assert nothing.whatever is None
    with pytest.raises(AttributeError):
        nothing.__path__  # noqa: B018
