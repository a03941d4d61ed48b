"""Persons, tubes, and who is in which."""
