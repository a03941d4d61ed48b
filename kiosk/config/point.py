"""The point and its rules: who this kiosk is, its tubes, its state, its broker."""

from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from kiosk.config.judge import Field, field_validator, model_validator
from kiosk.config.shapes import CodeShape, ShapeTable
from kiosk.config.values import AbsolutePath, Block, CodePattern, DistrictKey, Level, Name, Pattern, TcpPort, TomlTable
from kiosk.model import TubeOrder, TubeSource

_T = TypeVar("_T", bound=TomlTable)


class PointTable(TomlTable):
    """Who and where this kiosk is; the words of its topics."""

    region: Level
    round: Level
    point: Level
    kiosk: Level
    mode: Literal["table", "home-visit"] = "table"
    """`home-visit`: in a bag, from door to door, without a network for a day; `kiosk merge` brings its people back."""
    timezone: str = "Asia/Shanghai"
    language: Literal["zh_CN", "en"] = "zh_CN"
    clock: Literal["time-service", "trusted"] = "time-service"
    """`trusted` where something other than systemd's time service answers for the clock."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no such time zone", "Write one like Asia/Shanghai") from error
        return name


class TubesTable(TomlTable):
    """Where tubes come from and how many persons go into one."""

    source: Literal["printed", "preprinted", "both"] = "printed"
    """`both`: labels are printed, and a supplier's tube may be scanned at any time."""
    order: Annotated[TubeOrder, Field(strict=False)] = TubeOrder.TUBE_FIRST
    pool_size: Literal[1, 5, 10, 20] = 10
    block: Block
    preprinted: ShapeTable | None = None
    """A supplier's barcodes; or, where no shape says it, by a pattern."""
    preprinted_pattern: Pattern = r"[A-Z]{2}[0-9]{10}"
    open_limit_min: Annotated[int, Field(ge=10, le=240)] = 120
    """So long a tube may be open: staff are told when three quarters of it are over, and again at its end."""
    building: Annotated[str, Field(max_length=8)] = ""
    """Whose people come to this table, large on the label."""
    closing_slip: bool = False
    """Whether a slip is printed when a tube is sealed."""

    @property
    def preprinted_expression(self) -> str:
        return self.preprinted_pattern if self.preprinted is None else self.preprinted.expression

    @property
    def usual_source(self) -> TubeSource:
        """Where the next tube comes from if staff scan none."""
        return TubeSource.PREPRINTED if self.source == "preprinted" else TubeSource.PRINTED

    @property
    def suppliers(self) -> bool:
        """Whether a supplier's barcode may open a tube."""
        return self.source != "printed"

    @model_validator(mode="after")
    def _supplier_in_one_way(self) -> Self:
        return _in_one_way(self, "preprinted")


class HandoverTable(TomlTable):
    """What leaves the table."""

    limit_min: Annotated[int, Field(ge=30, le=600)] = 240
    """So long a tube may take from its opening to the driver: staff are told when three quarters of it are over."""
    bags: bool = False
    """Whether tubes go into bags within a box."""
    ask: list[Literal["arrival", "temperature", "damage"]] = Field(default=[])
    """What is filled in by hand on a manifest."""


class RulesTable(TomlTable):
    same_scan_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    accept_without_paper: bool = False
    voucher_keys: AbsolutePath | None = None
    """The guards' keys file: a genuine voucher of another table, and then the card, tell that somebody was sampled."""
    health_code: CodeShape | None = None
    """The declared code of a point without [[code]]; or, where no shape says it, by a pattern."""
    health_code_pattern: CodePattern = r"[A-Za-z0-9_-]{32,256}"

    @property
    def health_code_expression(self) -> str:
        return self.health_code_pattern if self.health_code is None else self.health_code.expression

    @model_validator(mode="after")
    def _health_code_in_one_way(self) -> Self:
        return _in_one_way(self, "health_code")


def _in_one_way(table: _T, key: str) -> _T:
    if {key, f"{key}_pattern"} <= table.model_fields_set:
        raise ValueError(f"{key} and {key}_pattern both say which texts fit", "Keep one of the two ways")
    return table


class StaffTable(TomlTable):
    """Who acts at the table."""

    codes: Literal["round", "point"] = "round"
    """How long staff codes live: a round, so that a sheet that got into other hands is worth nothing in the next, or as
    long as the point's staff-key."""

    badges: Literal["off", "optional", "required"] = "optional"
    """Whether staff act by name: `required` lets nobody act without a badge, and each badge only what its role may."""


class RecordsTable(TomlTable):
    """For whom it is kept who is in which tube."""

    authority_key: AbsolutePath | None = None
    """The authority's public key, PEM; without one nobody's identity is kept."""
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 14
    """So long after a round's last person the kiosk still knows who came, masked; the next round's first start, or
    `kiosk purge`, forgets them. What the centre does not have is kept, and told."""


class RosterTable(TomlTable):
    """Who is expected at the point."""

    file: AbsolutePath
    """What `kiosk roster make` wrote; a later one that lies there is taken while the kiosk serves."""
    key: DistrictKey
    """Of whoever makes it: what `kiosk roster key` printed."""
    call_at_percent: Annotated[int, Field(ge=1, le=100)] | None = 80
    """When so many of a unit have come the next one is called. Without: only when staff say so."""


class OrdersTable(TomlTable):
    """Who may order something here: by the broker, by a stick, or by a code at the staff's scanner."""

    key: DistrictKey
    """What `kiosk order key` printed."""


class StateTable(TomlTable):
    directory: AbsolutePath = Path("/var/lib/kiosk")


class BrokerTable(TomlTable):
    host: Name = "127.0.0.1"
    port: TcpPort = 1883
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    tables: bool = True
    """Whether the tables of the point tell each other over it whom they have sampled."""
    longest_pause_s: Annotated[float, Field(ge=1, le=3600)] = 60
    """Between two tries to connect, at most."""
    counts_bytes_a_minute: Annotated[int, Field(ge=60, le=10**7)] = 600
    """Counts that come faster are said as one."""
    ca_file: AbsolutePath | None = None
    certificate: AbsolutePath | None = None

    @model_validator(mode="after")
    def _certificate_means_tls(self) -> Self:
        if self.certificate is not None and self.ca_file is None:
            raise ValueError("a certificate without ca_file would go out unencrypted", "Name the ca_file too")
        return self
