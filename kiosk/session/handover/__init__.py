"""Boxes: packed, compared, closed, handed over."""
