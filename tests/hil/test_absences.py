"""Long absences: each device is tried again and again in vain, and that leaves nothing behind."""

import gc
import json
import logging
import os
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import gpiozero
import paho.mqtt.client as mqtt
import pytest

from drivers.escpos.abilities import Abilities
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import EscposPrinter
from drivers.gpio_panel import GpioPanel, PanelPins
from drivers.hid_scanner.scanner import HidScanner
from drivers.id_card.reader import IdCardReader
from drivers.mqtt_broker import BrokerLine, MqttBroker
from drivers.printer_line import SerialLine, UsbLine, Wire
from drivers.serial_scanner.scanner import SerialScanner
from drivers.tcp_line import TcpLine
from kiosk.engine.attendants import Attendant, PanelAttendant, PrinterAttendant, ScannerAttendant
from kiosk.engine.back_off import BackOff
from kiosk.engine.inbox import Inbox, new_inbox
from kiosk.engine.publisher import Publisher
from kiosk.engine.told import event_of
