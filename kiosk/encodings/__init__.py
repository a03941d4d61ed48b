"""Codes of other people: base45, CBOR, check digits; pure."""
