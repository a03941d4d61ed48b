"""The tables of a point as one: what this one tells of its people, and what it hears of the others'."""
