"""Records of tubes on their way to the authority: kept encrypted, and asked for again where one is missing.
decisions: Boxes and records"""
