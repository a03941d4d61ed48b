"""A kiosk over virtual devices: the daemon of the product, a table of far ends, and residents who come to it."""

from kiosk.virtual.demo.run import DemoError, run_demo, write_config
from kiosk.virtual.demo.settings import DemoSettings

__all__ = ["DemoError", "DemoSettings", "run_demo", "write_config"]
