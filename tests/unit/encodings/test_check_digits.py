"""Check digits of ISO 7064."""

from kiosk.encodings.check_digits import is_mod_97_10, mod_97_10


def test_example_of_iso_7064():
    assert mod_97_10("794") == "44"
    assert is_mod_97_10("79444")
    assert not is_mod_97_10("79445")


def test_of_two_pairs_with_the_right_remainder_one_is_the_check():
    assert [n for n in range(100) if int(f"032{n:02d}") % 97 == 1] == [2, 99]
    assert [n for n in range(100) if is_mod_97_10(f"032{n:02d}")] == [2]
