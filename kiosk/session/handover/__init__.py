"""Boxes: packed, compared, closed, handed over. decisions: Boxes and records"""
