"""What is plugged in, what scanners read, what a printer can: told to whoever sets a table up."""
