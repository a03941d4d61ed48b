"""What goes to the broker, a file each topic, and the contract made from it."""
