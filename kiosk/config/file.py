"""The whole file, and of a file with mistakes the tables that are sound."""

from typing import Annotated, Self

from kiosk.config.codes import CertificatesTable, CodeTable
from kiosk.config.judge import Field, PrivateAttr
from kiosk.config.panel import PanelTable
from kiosk.config.point import (
    BrokerTable,
    HandoverTable,
    OrdersTable,
    PointTable,
    RecordsTable,
    RosterTable,
    RulesTable,
    StaffTable,
    StateTable,
    TubesTable,
)
from kiosk.config.printers import PrinterTable
from kiosk.config.scanners import ScannerTable
from kiosk.config.screen import ScreenTable
from kiosk.config.values import TomlTable
from kiosk.model.orders import BeginRound


class Config(TomlTable):
    """The whole file."""

    point: PointTable
    tubes: TubesTable
    handover: HandoverTable = Field(default_factory=HandoverTable.model_construct)
    staff: StaffTable = Field(default_factory=StaffTable.model_construct)
    records: RecordsTable = Field(default_factory=RecordsTable.model_construct)
    roster: RosterTable | None = None
    rules: RulesTable = Field(default_factory=RulesTable.model_construct)
    code: list[CodeTable] = Field(default=[])
    """Health and registration codes; without any, `rules.health_code_pattern` is the only one."""
    certificates: CertificatesTable = Field(default_factory=CertificatesTable.model_construct)
    state: StateTable = Field(default_factory=StateTable.model_construct)
    scanner: Annotated[list[ScannerTable], Field(min_length=1)]
    printer: Annotated[list[PrinterTable], Field(min_length=1)]
    panel: PanelTable | None = None
    screen: ScreenTable | None = None
    broker: BrokerTable | None = None
    orders: OrdersTable | None = None
    _filed: str | None = PrivateAttr(default=None)
    _begun: BeginRound | None = PrivateAttr(default=None)

    def begin(self, filed: str, begun: BeginRound) -> None:
        """`point.round` was ordered, while the file says `filed`."""
        self._filed, self._begun = filed, begun

    @property
    def begun(self) -> BeginRound | None:
        """The order by which this round holds, if the file does not name it."""
        return self._begun

    @property
    def filed_round(self) -> str:
        """The round that the file names."""
        return self._filed or self.point.round


class Sound(TomlTable):
    """The tables that have no mistake of their own and are judged beside each other; lists by their place from 1."""

    tubes: TubesTable | None = None
    handover: HandoverTable | None = Field(default_factory=HandoverTable.model_construct)
    staff: StaffTable | None = Field(default_factory=StaffTable.model_construct)
    records: RecordsTable | None = Field(default_factory=RecordsTable.model_construct)
    roster: RosterTable | None = None
    rules: RulesTable | None = Field(default_factory=RulesTable.model_construct)
    code: dict[int, CodeTable] = Field(default={})
    certificates: CertificatesTable | None = Field(default_factory=CertificatesTable.model_construct)
    state: StateTable | None = Field(default_factory=StateTable.model_construct)
    panel: PanelTable | None = None
    screen: ScreenTable | None = None
    broker: BrokerTable | None = None
    scanner: dict[int, ScannerTable] = Field(default={})
    printer: dict[int, PrinterTable] = Field(default={})
    unsound: frozenset[str] = frozenset()
    """The top keys below which something is wrong or missing."""

    @classmethod
    def of(cls, config: Config) -> Self:
        """All of them: they were judged already."""
        listed = {key: dict(enumerate(getattr(config, key), 1)) for key in ("code", "scanner", "printer")}
        single = {key: getattr(config, key) for key in cls.model_fields if key in Config.model_fields}
        return cls.model_construct(**{**single, **listed})
