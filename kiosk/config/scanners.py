"""What reads cards and codes."""

from typing import Annotated, Literal, Self

from kiosk.config.judge import Field, model_validator
from kiosk.config.values import Baud, DeviceName, Node, TomlTable
from kiosk.model import Hand

Held = Annotated[Hand, Field(strict=False)]


class IdCardTable(TomlTable):
    kind: Literal["id-card"]
    name: DeviceName = "id-card"
    hand: Held = Hand.RESIDENTS
    port: Node
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200


class SerialScannerTable(TomlTable):
    kind: Literal["serial"]
    name: DeviceName = "scanner"
    hand: Held = Hand.SHARED
    """Who holds it: `residents`, `staff`, or `shared`."""
    port: Node
    """A path, or a pattern that one device fits: /dev/serial/by-id/usb-Newland*."""
    baud: Baud = 9600
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
            raise ValueError('trigger = "host" needs a scanner that takes orders', "Name its model")
        if self.trigger == "scanner" and "trigger_timeout_s" in self.model_fields_set:
            raise ValueError('trigger_timeout_s does nothing without trigger = "host"', "Add that, or remove it")
        return self


class HidScannerTable(TomlTable):
    kind: Literal["hid"]
    name: DeviceName = "hid-scanner"
    hand: Held = Hand.SHARED
    path: Node | None = None
    vendor: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    product: Annotated[int, Field(ge=0, le=0xFFFF)] | None = None
    layout: Literal["us", "de", "fr", "uk"] = "us"
    """The keyboard country that the scanner is set to."""
    end: Literal["enter", "pause"] = "enter"
    """What the scanner ends a code with: Enter or Tab; "pause" if with nothing, then a stall may cut a code in two."""

    @model_validator(mode="after")
    def _types(self) -> Self:
        if self.path is not None and self.path.startswith("/dev/hidraw"):
            fix = "Set it to USB serial or USB keyboard by the codes of its manual, then see `kiosk devices`"
            raise ValueError("a scanner in HID POS mode types nothing", fix)
        return self

    @model_validator(mode="after")
    def _named_in_one_way(self) -> Self:
        if self.path is None and (self.vendor is None or self.product is None):
            fix = "Give path, or vendor and product; no other keyboard is ever opened"
            raise ValueError("names no device", fix)
        if self.path is not None and (self.vendor, self.product) != (None, None):
            raise ValueError("path and vendor or product both name the device", "Keep one of the two ways")
        return self


class CameraTable(TomlTable):
    """A camera of the Raspberry Pi. Widths that are a multiple of 64 come without padding."""

    kind: Literal["camera"]
    name: DeviceName = "camera"
    hand: Held = Hand.SHARED
    number: Annotated[int, Field(ge=0, le=9)] = 0
    width: Annotated[int, Field(ge=320, le=2304, multiple_of=64)] = 1280
    height: Annotated[int, Field(ge=240, le=1728, multiple_of=2)] = 960
    frames_s: Annotated[float, Field(ge=1, le=30)] = 10.0
    exposure_us: Annotated[int, Field(ge=0, le=100_000)] = 3000
    """0 leaves it to the camera."""
    lens_position: Annotated[float, Field(ge=0, le=32)] | None = None
    """Dioptres, 100 / distance in cm; without it the camera focuses by itself, if it can."""

    @model_validator(mode="after")
    def _exposed_within_a_frame(self) -> Self:
        frame_us = int(1e6 / self.frames_s)
        if self.exposure_us > frame_us:
            wrong = f"exposure_us = {self.exposure_us} is longer than a frame at frames_s = {self.frames_s:g}"
            raise ValueError(wrong, f"Write {frame_us} at most, or fewer frames")
        return self


ScannerTable = Annotated[IdCardTable | SerialScannerTable | HidScannerTable | CameraTable, Field(discriminator="kind")]
