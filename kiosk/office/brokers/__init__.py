"""An office's brokers: who may do what there, their certificates, and whether one keeps what it takes.
decisions: Brokers
"""
