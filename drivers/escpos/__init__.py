"""Slip printers that speak ESC/POS."""
