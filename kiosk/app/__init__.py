"""The composition root: configuration and keys to a running kiosk. The only package that knows the drivers."""

from kiosk.app.checking import check
from kiosk.app.clock import Clock
from kiosk.app.fitting import picture_reader, plugged_in, printer_probe
from kiosk.app.forgetting import DAY_MS
from kiosk.app.keys import read_key, read_signer
from kiosk.app.lock import alone, serves
from kiosk.app.printing_once import printed
from kiosk.app.table import Kiosk, watch_scans

__all__ = [
    "DAY_MS",
    "Clock",
    "Kiosk",
    "alone",
    "check",
    "picture_reader",
    "plugged_in",
    "printed",
    "printer_probe",
    "read_key",
    "read_signer",
    "serves",
    "watch_scans",
]
