"""The point and its rules: who this kiosk is, its tubes, its state, its broker."""

from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from kiosk.config.values import AbsolutePath, Block, CodePattern, Level, Name, Pattern, Table, TcpPort
from kiosk.model import TubeOrder, TubeSource


class PointTable(Table):
    """Who and where this kiosk is; the words of its topics."""

    region: Level
    round: Level
    point: Level
    kiosk: Level
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


class TubesTable(Table):
    """Where tubes come from and how many persons go into one."""

    source: Annotated[TubeSource, Field(strict=False)] = TubeSource.PRINTED
    order: Annotated[TubeOrder, Field(strict=False)] = TubeOrder.TUBE_FIRST
    pool_size: Literal[1, 5, 10, 20] = 10
    block: Block
    preprinted_pattern: Pattern = r"[A-Z]{2}[0-9]{10}"
    building: Annotated[str, Field(max_length=8)] = ""
    """Whose people come to this table, large on the label."""
    closing_slip: bool = False
    """Whether a slip is printed when a tube is sealed."""


class RulesTable(Table):
    same_scan_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    accept_without_paper: bool = False
    health_code_pattern: CodePattern = r"[A-Za-z0-9_-]{32,256}"


class StateTable(Table):
    directory: AbsolutePath = Path("/var/lib/kiosk")


class BrokerTable(Table):
    host: Name = "127.0.0.1"
    port: TcpPort = 1883
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    ca_file: AbsolutePath | None = None
    certificate: AbsolutePath | None = None

    @model_validator(mode="after")
    def _certificate_means_tls(self) -> Self:
        if self.certificate is not None and self.ca_file is None:
            raise ValueError("a certificate without ca_file would go out unencrypted", "Name the ca_file too")
        return self
