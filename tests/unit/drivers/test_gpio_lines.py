"""The kernel's GPIO lines: what is asked has the sizes that the kernel knows; in the guest it is held by a kernel."""

import errno

import pytest

from drivers import gpio_lines
from drivers.gpio_lines import header


def test_a_request_is_as_long_as_its_number_says():
    numbers = [gpio_lines._CHIP_INFO, gpio_lines._GET_LINE, gpio_lines._GET_VALUES, gpio_lines._SET_VALUES]  # noqa: SLF001
    layouts = [gpio_lines._CHIP, gpio_lines._REQUEST, gpio_lines._VALUES, gpio_lines._VALUES]  # noqa: SLF001
    assert [number >> 16 & 0x3FFF for number in numbers] == [layout.size for layout in layouts]


def test_an_event_is_as_long_as_the_kernels_header_says():
    assert gpio_lines._EVENT.size == 48  # noqa: SLF001


def test_the_header_is_found_by_its_label_whatever_its_number(tmp_path, monkeypatch):
    labels = {"gpiochip0": "brcmvirt-gpio", "gpiochip10": "raspberrypi-exp-gpio", "gpiochip4": "pinctrl-rp1"}
    for name in labels:
        (tmp_path / name).touch()
    monkeypatch.setattr(gpio_lines, "label", lambda chip: labels[chip.rpartition("/")[2]])
    assert header(tmp_path) == str(tmp_path / "gpiochip4")


def test_a_machine_without_a_header_says_so(tmp_path):
    with pytest.raises(OSError, match="no GPIO header") as told:
        header(tmp_path)
    assert told.value.errno == errno.ENODEV
