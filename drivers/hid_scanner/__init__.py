"""Scanners that type as a keyboard."""
