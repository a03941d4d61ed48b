"""Codes before the camera of a Pi."""
