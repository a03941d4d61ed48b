"""What staff do, by code or button."""
