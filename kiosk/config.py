"""The configuration: one TOML file to typed values; every mistake at once, each with its key and a fix."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kiosk.credentials.clashes import clash
from kiosk.credentials.forms import RESERVED_NAMES
from kiosk.model import Role, TubeOrder, TubeSource
from kiosk.ports import Button

Level = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="a-z, 0-9 and - only")]


Name = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PointTable(_Table):
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
            raise ValueError("no such time zone; write one like Asia/Shanghai") from error
        return name


class TubesTable(_Table):
    """Where tubes come from and how many persons go into one."""

    source: TubeSource = TubeSource.PRINTED
    order: TubeOrder = TubeOrder.TUBE_FIRST
    pool_size: Literal[1, 5, 10, 20] = 10
    block: Annotated[str, Field(pattern=r"^[0-9]{4}$", description="the four digits leased to this kiosk alone")]
    preprinted_pattern: Name = r"[A-Z]{2}[0-9]{10}"
    building: Annotated[str, Field(max_length=8)] = ""
    """Whose people come to this table, large on the label."""
    closing_slip: bool = False
    """Whether a slip is printed when a tube is sealed."""

    @field_validator("preprinted_pattern")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        """A supplier's code may look like a tube code of ours; a person's number must never become a tube."""
        return _unclashing(_checked_pattern(text), but="a tube code")


class RulesTable(_Table):
    same_scan_s: Annotated[float, Field(ge=0.5, le=60)] = 5.0
    accept_without_paper: bool = False
    health_code_pattern: Name = r"[A-Za-z0-9_-]{32,256}"

    @field_validator("health_code_pattern")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        return _unclashing(_checked_pattern(text))


class _CodeTable(_Table):
    """One kind of health or registration code; the name keeps its tokens apart from those of others."""

    name: Level

    @field_validator("name")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if name in RESERVED_NAMES:
            raise ValueError(f"{name} is the name of a document; take another")
        return name


class NumberCodeTable(_CodeTable):
    kind: Literal["number"]
    digits: Annotated[int, Field(ge=4, le=64)]

    @field_validator("digits")
    @classmethod
    def _is_free_number(cls, digits: int) -> int:
        _unclashing(f"[0-9]{{{digits}}}")
        return digits


class PatternCodeTable(_CodeTable):
    kind: Literal["pattern"]
    pattern: Name

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, text: str) -> str:
        return _unclashing(_checked_pattern(text))


class UrlCodeTable(_CodeTable):
    """`field` is a parameter of the query. A URL is never opened."""

    kind: Literal["url"]
    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", description="a host in small letters")]
    field: Name


class JsonCodeTable(_CodeTable):
    """`field` is a path with dots, such as `data.id`."""

    kind: Literal["json"]
    field: Annotated[str, Field(pattern=r"^[^.]+(\.[^.]+)*$")]


class CwtCodeTable(_CodeTable):
    """`claim` is a number of RFC 8392 or of the issuer, or a text."""

    kind: Literal["cwt"]
    prefix: Annotated[str, Field(pattern=r"^[!-~]{2,16}$")]
    encoding: Literal["base45", "base64url"] = "base45"
    claim: int | Name
    keys_file: Path

    @field_validator("prefix")
    @classmethod
    def _is_free_prefix(cls, text: str) -> str:
        if any(text.startswith(other) or other.startswith(text) for other in ("KV1:", "KS-", "HC1:", "shc:/")):
            raise ValueError("other codes begin so; take another prefix")
        return text


CodeTable = Annotated[
    NumberCodeTable | PatternCodeTable | UrlCodeTable | JsonCodeTable | CwtCodeTable, Field(discriminator="kind")
]


class CertificatesTable(_Table):
    """Whose signatures the point trusts. Without its file, such a certificate cannot be checked and is refused."""

    dcc_trust_list: Path | None = None
    """Certificates or public keys, PEM or DER, of the signers of EU Digital COVID Certificates."""
    shc_key_set: Path | None = None
    """A JWK set of the issuers of SMART Health Cards."""


class StateTable(_Table):
    directory: Path = Path("/var/lib/kiosk")

    @field_validator("directory")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        if not path.is_absolute():
            raise ValueError("not an absolute path; begin it with /")
        return path


class IdCardTable(_Table):
    kind: Literal["id-card"]
    name: Name = "id-card"
    port: Name
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200


class SerialScannerTable(_Table):
    kind: Literal["serial"]
    name: Name = "scanner"
    port: Name
    """A path, or a pattern that one device fits: /dev/serial/by-id/usb-Newland*."""
    baud: Annotated[int, Field(ge=1200, le=1_000_000)] = 9600
    framing: Literal["cr", "lf", "crlf", "tab", "stx-etx", "gap"] = "cr"
    model: Literal["plain", "honeywell", "newland", "newland-short", "datalogic", "zkteco", "ssi"] = "plain"
    """Whose commands it knows; with `ssi` the framing does not matter."""
    trigger: Literal["scanner", "host"] = "scanner"
    """Who starts a reading; the scanner must be set to the same."""
    trigger_timeout_s: Annotated[float, Field(ge=0.2, le=60)] = 3.0
    """With trigger = "host": after how long the scanner gives up, as it is set; then it is started again."""

    @model_validator(mode="after")
    def _host_needs_orders(self) -> Self:
        if self.trigger == "host" and self.model == "plain":
            raise ValueError('trigger = "host" needs a scanner that takes orders; name its model')
        return self


class HidScannerTable(_Table):
    kind: Literal["hid"]
    name: Name = "hid-scanner"
    path: Name | None = None
    vendor: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    product: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    layout: Literal["us", "de", "fr"] = "us"
    """The keyboard country that the scanner is set to."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.path is None and (self.vendor is None or self.product is None):
            raise ValueError("name the device: give path, or vendor and product; no other keyboard is ever opened")
        return self


class CameraTable(_Table):
    """A camera of the Raspberry Pi. Widths that are a multiple of 64 come without padding."""

    kind: Literal["camera"]
    name: Name = "camera"
    number: Annotated[int, Field(ge=0, le=9)] = 0
    width: Annotated[int, Field(ge=320, le=2304, multiple_of=64)] = 1280
    height: Annotated[int, Field(ge=240, le=1728, multiple_of=2)] = 960
    frames_s: Annotated[float, Field(ge=1, le=30)] = 10.0
    exposure_us: Annotated[int, Field(ge=0, le=100_000)] = 3000
    """0 leaves it to the camera."""
    lens_position: Annotated[float, Field(ge=0, le=32)] | None = None
    """Dioptres, 100 / distance in cm; without it the camera focuses by itself, if it can."""


ScannerTable = Annotated[IdCardTable | SerialScannerTable | HidScannerTable | CameraTable, Field(discriminator="kind")]


class _PrinterTable(_Table):
    name: Name = "printer"
    prints: Annotated[list[Role], Field(min_length=1)] = [Role.LABEL, Role.VOUCHER]
    """Of several printers with the same role the first in the file prints, the others are its spares."""
    paper_mm: Literal[58, 80] = 58
    profile: str = "default"
    confirm: Literal["process-id", "fence", "status", "none"] = "process-id"
    charset: Literal["ascii", "gb2312", "gbk", "gb18030"] = "gbk"
    """What the printer's character ROM holds; GS I 69 or the self-test page tells."""
    barcode: Literal["native", "raster"] | None = None
    """Who draws Code 128, the printer or the kiosk; by default as the profile says. `qr` likewise."""
    qr: Literal["native", "raster"] | None = None
    fonts: list[Path] | None = None
    """Where characters outside the ROM are drawn from; by default Debian's fonts for rare names, where installed."""


class SerialPrinterTable(_PrinterTable):
    kind: Literal["serial"]
    port: Name
    baud: Annotated[int, Field(ge=1200, le=1_000_000)] = 115200
    flow: Literal["none", "xonxoff", "rtscts"] = "none"


class UsbPrinterTable(_PrinterTable):
    kind: Literal["usb"]
    device: Name = "/dev/usb/lp0"


class TcpPrinterTable(_PrinterTable):
    kind: Literal["tcp"]
    host: Name
    port: Annotated[int, Field(ge=1, le=65535)] = 9100


PrinterTable = Annotated[SerialPrinterTable | UsbPrinterTable | TcpPrinterTable, Field(discriminator="kind")]

Pin = Annotated[int, Field(ge=0, le=27, description="a BCM number, 0 to 27")]


class PanelTable(_Table):
    """BCM numbers of the pins; a part that is not named is not there."""

    ready: Pin | None = None
    accepted: Pin | None = None
    refused: Pin | None = None
    attention: Pin | None = None
    buzzer: Pin | None = None
    buttons: dict[Button, Pin] = {}
    pin_factory: str = "lgpio"

    @model_validator(mode="after")
    def _no_pin_twice(self) -> Self:
        outputs = (self.ready, self.accepted, self.refused, self.attention, self.buzzer)
        pins = [pin for pin in (*outputs, *self.buttons.values()) if pin is not None]
        twice = sorted({pin for pin in pins if pins.count(pin) > 1})
        if twice:
            raise ValueError(f"pin {twice[0]} is named twice; give each part its own")
        return self


class BrokerTable(_Table):
    host: Name = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    protocol: Literal["auto", "5", "3.1.1"] = "auto"
    ca_file: Name | None = None
    certificate: Name | None = None

    @model_validator(mode="after")
    def _certificate_means_tls(self) -> Self:
        if self.certificate is not None and self.ca_file is None:
            raise ValueError("a certificate without ca_file would go out unencrypted; name the ca_file too")
        return self


class Config(_Table):
    """The whole file."""

    point: PointTable
    tubes: TubesTable
    rules: RulesTable = RulesTable()
    code: list[CodeTable] = []
    """Health and registration codes; without any, `rules.health_code_pattern` is the only one."""
    certificates: CertificatesTable = CertificatesTable()
    state: StateTable = StateTable()
    scanner: Annotated[list[ScannerTable], Field(min_length=1)]
    printer: Annotated[list[PrinterTable], Field(min_length=1)]
    panel: PanelTable | None = None
    broker: BrokerTable | None = None

    @field_validator("code")
    @classmethod
    def _no_name_twice(cls, codes: list[CodeTable]) -> list[CodeTable]:
        names = [code.name for code in codes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two codes have the name {twice[0]}; give each its own")
        return codes

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        names = [device.name for device in (*self.scanner, *self.printer)]
        if len(set(names)) < len(names):
            raise ValueError("two devices have the same name; give each scanner and printer a name of its own")
        for role in Role:
            if not any(role in printer.prints for printer in self.printer):
                raise ValueError(f"no printer has {role!s} in its prints; add it to one")
        return self


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in the file."""

    key: str
    wrong: str
    fix: str

    def __str__(self) -> str:
        return f"{self.key}: {self.wrong}. {self.fix}"


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` holds every one."""

    def __init__(self, source: str, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join([f"{source}: {len(mistakes)} mistake(s)", *(f"  {each}" for each in mistakes)]))


def read_config(path: Path) -> Config:
    """The typed configuration. Raises ConfigError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), [Mistake("file", f"{error.strerror}", "Name a file that can be read")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), [Mistake("file", f"not TOML: {error}", "Mend that line")]) from error
    return typed(table, str(path))


def typed(table: dict[str, Any], source: str) -> Config:
    """The typed configuration of a parsed file. Raises ConfigError."""
    try:
        return Config.model_validate(table)
    except ValidationError as error:
        mistakes = [_mistake(each) for each in error.errors(include_url=False, include_context=True)]
        raise ConfigError(source, mistakes) from None


def _mistake(error: Any) -> Mistake:
    key = _key(error["loc"])
    context: dict[str, Any] = error.get("ctx", {})
    given = error.get("input")
    shown = f" (it is {given!r})" if isinstance(given, str | int | float | bool) else ""
    match error["type"]:
        case "missing":
            return Mistake(key, "is missing", "Add it")
        case "extra_forbidden":
            return Mistake(key, "is not a key that the kiosk knows", "Remove it, or mend its spelling")
        case "literal_error" | "enum":
            return Mistake(key, f"cannot be used{shown}", f"Write one of {context['expected']}")
        case "union_tag_invalid":
            return Mistake(key, f"has a kind that does not exist ({context['tag']})", f"Use {context['expected_tags']}")
        case "union_tag_not_found":
            return Mistake(key, "has no kind", "Add kind = ...")
        case "string_pattern_mismatch":
            return Mistake(key, f"has the wrong form{shown}", f"Write text that fits {context['pattern']}")
        case "value_error":
            wrong, _, fix = str(context["error"]).partition("; ")
            return Mistake(key, wrong, fix[:1].upper() + fix[1:] if fix else "Change it")
        case _:
            return Mistake(key, f"is wrong{shown}", str(error["msg"]))


def _key(location: tuple[str | int, ...]) -> str:
    """`scanner.0.serial.port` as people write it: scanner[1].port, counted from one, without the union's tag."""
    tags = {"id-card", "serial", "hid", "camera", "usb", "tcp", "number", "pattern", "url", "json", "cwt"}
    parts: list[str] = []
    for before, part in zip(("", *location), location, strict=False):
        if isinstance(part, int):
            parts[-1] += f"[{part + 1}]"
        elif not (isinstance(before, int) and part in tags):
            parts.append(part)
    return ".".join(parts) or "file"


def _checked_pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression ({error}); mend the pattern") from error
    return text


def _unclashing(text: str, but: str = "") -> str:
    other = clash(re.compile(text), but)
    if other is not None:
        raise ValueError(f"{other} would fit it too; make it narrower")
    return text
