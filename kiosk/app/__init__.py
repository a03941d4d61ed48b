"""The composition root: configuration and keys to a running kiosk. The only package that knows the drivers."""

from kiosk.app.checking import check
from kiosk.app.clock import Clock
from kiosk.app.code_forms import key_of_codes
from kiosk.app.fitting import picture_reader, plugged_in, printer_probe
from kiosk.app.forgetting import forgotten
from kiosk.app.keys import read_key, read_signer
from kiosk.app.lock import alone, serves
from kiosk.app.printing_once import printed
from kiosk.app.recalling import put_aside_in
from kiosk.app.signals import Ending
from kiosk.app.table import Kiosk, watch_scans

__all__ = [
    "Clock",
    "Ending",
    "Kiosk",
    "alone",
    "check",
    "forgotten",
    "key_of_codes",
    "picture_reader",
    "plugged_in",
    "printed",
    "printer_probe",
    "put_aside_in",
    "read_key",
    "read_signer",
    "serves",
    "watch_scans",
]
