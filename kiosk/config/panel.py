"""Lamps, buzzer and buttons."""

from typing import Annotated, Self

from kiosk.config.judge import Field, model_validator
from kiosk.config.values import Pin, TomlTable
from kiosk.ports import Button


class PanelTable(TomlTable):
    """BCM numbers of the pins; a part that is not named is not there."""

    ready: Pin | None = None
    accepted: Pin | None = None
    refused: Pin | None = None
    attention: Pin | None = None
    buzzer: Pin | None = None
    buttons: dict[Annotated[Button, Field(strict=False)], Pin] = Field(default={})
    pin_factory: str = "kernel"

    @model_validator(mode="after")
    def _no_pin_twice(self) -> Self:
        outputs = (self.ready, self.accepted, self.refused, self.attention, self.buzzer)
        pins = [pin for pin in (*outputs, *self.buttons.values()) if pin is not None]
        twice = sorted({pin for pin in pins if pins.count(pin) > 1})
        if twice:
            raise ValueError(f"pin {twice[0]} is named twice", "Give each part its own")
        return self
