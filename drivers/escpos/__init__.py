"""Slip printers that speak ESC/POS. decisions: Bytes to a printer."""
