"""Sentences that espeak-ng is given."""

import re

from page_gallery import kinds
from speak_sentences import sentence


def test_chinese_is_spoken_from_pinyin_with_tones():
    assert (
        sentence("zh_CN", "accepted")
        == "deng1 ji4 cheng2 gong1, qing3 qu3 ping2 zheng4, dao4 cai3 yang4 chu4 cai3 yang4"
    )


def test_no_sentence_has_a_character_left_that_would_be_spelled_in_english():
    for kind in kinds():
        assert re.fullmatch(r"([a-zü]+[1-5]|,| )+", sentence("zh_CN", kind.words))


def test_nobodys_name_or_number_is_spoken():
    for kind in kinds():
        assert "{" not in sentence("en", kind.words)
