"""What a demo is asked for, and the kiosk's configuration that follows from it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROUND = "2022-05-r1"
LAMPS = {"ready": 5, "accepted": 17, "refused": 27, "attention": 22, "buzzer": 18}
BUTTONS = {"yes": 23, "no": 24, "seal": 25}
SAME_SCAN_S = 3.0
AUTHORITY = "authority.pem"
"""In the folder of keys below the state."""


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """`residents` None: until stopped, at a pace that people can follow."""

    residents: int | None = None
    seed: int = 1
    out: Path | None = None
    baud: int = 115200
    speed_mm_s: float = 150.0
    paper_mm: Literal[58, 80] = 58
    pool_size: int = 10
    tcp: bool = False
    language: Literal["zh_CN", "en"] = "zh_CN"
    pages_port: int | None = None
    """Of the kiosk's pages; without one there are none."""
    spare: bool = False
    """A second printer stands by."""
    asb: bool = True
    """Printers tell each change themselves."""


def configuration(
    settings: DemoSettings, wires: Path, state: Path, broker_port: int | None, printer_port: int | None
) -> str:
    """The daemon's TOML file; `wires` is the folder of the virtual devices' lines."""
    lamps = "\n".join(f"{name} = {pin}" for name, pin in LAMPS.items())
    buttons = ", ".join(f"{name} = {pin}" for name, pin in BUTTONS.items())
    return f"""# The demo's kiosk: the same daemon as at a real table, its lines ending in virtual devices.
[point]
region = "cn-511781"
round = "{ROUND}"
point = "wy-0352"
kiosk = "a"
language = "{settings.language}"
clock = "trusted"

[tubes]
source = "printed"
pool_size = {settings.pool_size}
block = "0352"

[rules]
same_scan_s = {SAME_SCAN_S}

[state]
directory = {json.dumps(str(state))}

[records]
authority_key = {json.dumps(str(state / "keys" / AUTHORITY))}

[[scanner]]
kind = "id-card"
port = {json.dumps(f"{wires}/id-card")}

[[scanner]]
kind = "serial"
port = {json.dumps(f"{wires}/scanner")}
baud = 115200

[[printer]]
{_printer_line(settings, wires, printer_port)}
paper_mm = {settings.paper_mm}
{_spare(settings, wires)}
[panel]
pin_factory = "kiosk.virtual.pins:WiredFactory"
{lamps}
buttons = {{ {buttons} }}
{_screen(settings, wires)}
[broker]
host = "127.0.0.1"
port = {broker_port or 1883}
longest_pause_s = 1
counts_bytes_a_minute = 1000000
"""


def _printer_line(settings: DemoSettings, wires: Path, port: int | None) -> str:
    if settings.tcp:
        return f'kind = "tcp"\nhost = "127.0.0.1"\nport = {port or 9100}'
    return f'kind = "serial"\nport = {json.dumps(f"{wires}/printer")}\nbaud = {settings.baud}'


def _screen(settings: DemoSettings, wires: Path) -> str:
    if settings.pages_port is None:
        return ""
    return f"\n[screen]\nsocket = {json.dumps(f'{wires}/screen')}\nport = {settings.pages_port}\n"


def _spare(settings: DemoSettings, wires: Path) -> str:
    if not settings.spare:
        return ""
    line = f'kind = "serial"\nport = {json.dumps(f"{wires}/spare")}\nbaud = {settings.baud}'
    return f'\n[[printer]]\nname = "spare"\n{line}\npaper_mm = {settings.paper_mm}\n'
