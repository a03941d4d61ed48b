"""How many modules a QR symbol has that a printer draws."""

import qrcode.constants
import qrcode.util

from drivers.escpos.symbols import QR_DATA_WORDS


def test_the_words_of_each_version_are_those_of_another_librarys_table():
    limits = qrcode.util.BIT_LIMIT_TABLE[qrcode.constants.ERROR_CORRECT_M]
    assert [8 * words for words in QR_DATA_WORDS] == list(limits[1:])
