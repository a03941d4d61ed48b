"""A district without devices: the real session, journal, publisher and line of each table, what befalls them, and the
truth kept beside. decisions: The district"""
