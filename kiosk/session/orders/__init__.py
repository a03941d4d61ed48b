"""What the centre orders of the table."""
