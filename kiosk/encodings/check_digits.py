"""Check digits of ISO 7064 MOD 97-10, as our tube codes and voucher numbers bear them."""


def mod_97_10(digits: str) -> str:
    """The two check digits of ISO 7064 MOD 97-10 for a string of digits."""
    return f"{98 - int(digits) * 100 % 97:02d}"


def is_mod_97_10(digits: str) -> bool:
    return int(digits) % 97 == 1 and digits[-2:] == mod_97_10(digits[:-2])
