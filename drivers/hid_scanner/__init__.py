"""Scanners that type as a keyboard. decisions: Keyboard scanners."""
