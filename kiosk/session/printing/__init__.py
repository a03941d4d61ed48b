"""Slips on their way to paper, and what became of them. decisions: Slips and doubt."""
