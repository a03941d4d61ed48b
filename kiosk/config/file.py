"""The whole file, and of a file with mistakes the tables that are sound."""

from typing import Annotated

from pydantic import Field

from kiosk.config.codes import CertificatesTable, CodeTable
from kiosk.config.panel import PanelTable
from kiosk.config.point import BrokerTable, PointTable, RulesTable, StateTable, TubesTable
from kiosk.config.printers import PrinterTable
from kiosk.config.scanners import ScannerTable
from kiosk.config.values import TomlTable


class Config(TomlTable):
    """The whole file."""

    point: PointTable
    tubes: TubesTable
    rules: RulesTable = RulesTable()
    code: list[CodeTable] = Field(default=[])
    """Health and registration codes; without any, `rules.health_code_pattern` is the only one."""
    certificates: CertificatesTable = CertificatesTable()
    state: StateTable = StateTable()
    scanner: Annotated[list[ScannerTable], Field(min_length=1)]
    printer: Annotated[list[PrinterTable], Field(min_length=1)]
    panel: PanelTable | None = None
    broker: BrokerTable | None = None


class Sound(TomlTable):
    """The tables that have no mistake of their own and are judged beside each other; lists by their place from 1."""

    tubes: TubesTable | None = None
    rules: RulesTable | None = RulesTable()
    code: dict[int, CodeTable] = Field(default={})
    certificates: CertificatesTable | None = CertificatesTable()
    state: StateTable | None = StateTable()
    panel: PanelTable | None = None
    broker: BrokerTable | None = None
    scanner: dict[int, ScannerTable] = Field(default={})
    printer: dict[int, PrinterTable] = Field(default={})
    unsound: frozenset[str] = frozenset()
    """The top keys below which something is wrong or missing."""
