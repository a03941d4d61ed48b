"""What prints."""

from typing import Annotated, Literal

from kiosk.config.judge import Field
from kiosk.config.values import AbsolutePath, Baud, DeviceName, Name, Node, TcpPort, TomlTable
from kiosk.model import Role


class _PrinterTable(TomlTable):
    name: DeviceName = "printer"
    prints: list[Annotated[Role, Field(strict=False)]] = Field(default=[Role.LABEL, Role.VOUCHER], min_length=1)
    """Of several printers with the same role the first in the file prints, the others are its spares."""
    paper_mm: Literal[58, 80] = 58
    profile: str = "default"
    confirm: Literal["process-id", "fence", "status", "none"] = "process-id"
    cut: Literal["native", "none"] | None = None
    """Whether it knows GS V; by default as the profile says. "none" feeds each slip past the tear bar instead."""
    columns: Annotated[int, Field(ge=24, le=64)] | None = None
    """Letters across the paper where its width does not tell: 42 on some printers of 80 mm, which have 504 dots."""
    charset: Literal["ascii", "gb2312", "gbk", "gb18030"] = "gbk"
    """What the printer's character ROM holds; GS I 69 or the self-test page tells."""
    barcode: Literal["native", "raster"] | None = None
    """Who draws Code 128, the printer or the kiosk; by default as the profile says. `qr` likewise."""
    qr: Literal["native", "raster"] | None = None
    fonts: list[AbsolutePath] | None = None
    """Where characters outside the ROM are drawn from; by default Debian's fonts for rare names, where installed."""


class SerialPrinterTable(_PrinterTable):
    kind: Literal["serial"]
    port: Node
    baud: Baud = 115200
    flow: Literal["none", "xonxoff", "rtscts"] = "none"


class UsbPrinterTable(_PrinterTable):
    kind: Literal["usb"]
    device: Node = "/dev/usb/lp0"


class TcpPrinterTable(_PrinterTable):
    kind: Literal["tcp"]
    host: Name
    port: TcpPort = 9100


PrinterTable = Annotated[SerialPrinterTable | UsbPrinterTable | TcpPrinterTable, Field(discriminator="kind")]
