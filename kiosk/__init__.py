"""The sampling-point kiosk."""
