"""A kiosk over virtual devices: the daemon of the product, a table of far ends, and residents who come to it."""

from kiosk.virtual.demo.pages import free_port
from kiosk.virtual.demo.run import DemoError, run_demo, write_config
from kiosk.virtual.demo.settings import DemoSettings

__all__ = ["DemoError", "DemoSettings", "free_port", "run_demo", "write_config"]
