"""The configuration: one TOML file to typed values; every mistake at once, each with its key and a fix.

decisions: Configuration and texts."""

from kiosk.config.codes import (
    CertificatesTable,
    CodeTable,
    CwtCodeTable,
    JsonCodeTable,
    NumberCodeTable,
    PatternCodeTable,
    PlainCodeTable,
    UrlCodeTable,
)
from kiosk.config.file import Config, Sound
from kiosk.config.mistakes import ConfigError, Mistake
from kiosk.config.panel import PanelTable
from kiosk.config.point import BrokerTable, PointTable, RosterTable, RulesTable, StateTable, TubesTable
from kiosk.config.printers import PrinterTable, SerialPrinterTable, TcpPrinterTable, UsbPrinterTable
from kiosk.config.reading import Draft, read_config, read_draft, typed
from kiosk.config.scanners import CameraTable, HidScannerTable, IdCardTable, ScannerTable, SerialScannerTable
from kiosk.config.screen import ScreenTable

__all__ = [
    "BrokerTable",
    "CameraTable",
    "CertificatesTable",
    "CodeTable",
    "Config",
    "ConfigError",
    "CwtCodeTable",
    "Draft",
    "HidScannerTable",
    "IdCardTable",
    "JsonCodeTable",
    "Mistake",
    "NumberCodeTable",
    "PanelTable",
    "PatternCodeTable",
    "PlainCodeTable",
    "PointTable",
    "PrinterTable",
    "RosterTable",
    "RulesTable",
    "ScannerTable",
    "ScreenTable",
    "SerialPrinterTable",
    "SerialScannerTable",
    "Sound",
    "StateTable",
    "TcpPrinterTable",
    "TubesTable",
    "UrlCodeTable",
    "UsbPrinterTable",
    "read_config",
    "read_draft",
    "typed",
]
