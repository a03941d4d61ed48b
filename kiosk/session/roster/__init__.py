"""Who is expected, how far their units have come, and which is called."""
