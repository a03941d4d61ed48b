"""The pages for residents and staff."""

from pathlib import Path
from typing import Literal, Self

from kiosk.config.judge import Field, model_validator
from kiosk.config.values import AbsolutePath, Name, TcpPort, TomlTable


class ScreenTable(TomlTable):
    """Where the pages are, and who may see them. The screens of this machine need no more than the table itself."""

    socket: AbsolutePath = Path("/run/kiosk/screen.sock")
    """Where the kiosk hands views to the process that serves the pages."""
    port: TcpPort = 8480
    """For this machine's own screens; nobody else reaches it."""
    reader: Literal["below", "left", "right"] = "below"
    """Where the reader is, seen from the residents' screen: an arrow points there."""
    sounds: AbsolutePath | None = None
    """A folder of sentences, where there is a speaker: `make sounds`, or recordings of the same names."""
    certificate: AbsolutePath | None = None
    """The kiosk's own, with its chain, PEM: then tablets and phones may be paired, over TLS."""
    tablets_port: TcpPort = 8443
    names: list[Name] = Field(default=[])
    """Under which tablets ask for this machine, beside its address."""

    @model_validator(mode="after")
    def _two_ports(self) -> Self:
        if self.port == self.tablets_port:
            raise ValueError(f"port {self.port} is named twice", "Give tablets_port another")
        return self
