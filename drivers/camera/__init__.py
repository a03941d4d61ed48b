"""Codes before the camera of a Pi. decisions: The camera."""
