"""Which devices are there, and what the printers say of themselves."""
