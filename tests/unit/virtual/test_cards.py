"""Cards against the tables and worked frames of ID-card module notes, sections 6 and 8."""

import hashlib
from dataclasses import replace

import pytest

import golden_cards
from kiosk.virtual.card_module_frames import Command
from kiosk.virtual.card_module_logic import ModuleLogic
from kiosk.virtual.cards import CardKind, IdCard

RESIDENT = IdCard(
    number="110199199001010010",
    name="测试甲",
    birth="19900101",
    address="示例市样本区虚构路1号",
    authority="示例市公安局样本分局",
    valid_from="20200101",
    valid_to="20400101",
)
PERMANENT = IdCard(
    number="110199196002290022",
    name="测试乙",
    sex="2",
    nation="11",
    birth="19600229",
    address="示例市样本区虚构路2号",
    authority="示例市公安局样本分局",
    valid_from="20200101",
    valid_to="长期",
)
HONG_KONG = IdCard(
    kind=CardKind.HK_MACAO_TAIWAN,
    number="810000190001010018",
    name="测试丙",
    birth="19000101",
    address="示例市样本区虚构路3号",
    authority="示例市公安局",
    valid_from="20230101",
    valid_to="20280101",
    travel_permit="H00000000",
    times_issued="01",
)
FOREIGNER_2017 = IdCard(
    kind=CardKind.FOREIGNER_2017,
    number="UTO119900010116",
    name="测试丁",
    english_name="TEST, PERSON ONE",
    sex="2",
    nationality="UTO",
    birth="19000101",
    valid_from="20200101",
    valid_to="20300101",
    version="01",
    authority="1500",
)
FOREIGNER_2023 = IdCard(
    kind=CardKind.FOREIGNER_2023,
    number="911999190001010021",
    name="测试丁",
    english_name="TEST, PERSON ONE",
    sex="2",
    nationality="UTO",
    birth="19000101",
    valid_from="20231201",
    valid_to="20331130",
    times_issued="01",
    link="991",
)


class TestCards:
    @pytest.mark.parametrize(
        ("card", "text"),
        [
            (RESIDENT, golden_cards.RESIDENT),
            (HONG_KONG, golden_cards.HMT_PERMIT),
            (FOREIGNER_2017, golden_cards.FOREIGNER_2017),
            (FOREIGNER_2023, golden_cards.FOREIGNER_2023),
        ],
    )
    def test_text_block_is_the_worked_one(self, card: IdCard, text: bytes) -> None:
        assert card.text_block() == text

    def test_the_representation_tells_nothing_of_the_person(self) -> None:
        assert repr(RESIDENT) == "IdCard(RESIDENT)"
        assert str(FOREIGNER_2023) == "IdCard(FOREIGNER_2023)"

    def test_a_field_that_is_too_long_is_refused_without_being_repeated(self) -> None:
        with pytest.raises(ValueError, match="name has 32 bytes, the field 30") as caught:
            replace(RESIDENT, name="测" * 16)
        assert "测" not in str(caught.value)

    @pytest.mark.parametrize("wrong", [{"photo": bytes(1023)}, {"fingerprints": bytes(100)}])
    def test_data_blocks_have_fixed_sizes(self, wrong: dict[str, bytes]) -> None:
        with pytest.raises(ValueError, match="a photo has 1024 bytes"):
            IdCard(number="110199199001010010", **wrong)  # type: ignore[arg-type]

    def test_a_long_english_name_of_2023_goes_on_in_its_second_field(self) -> None:
        card = replace(FOREIGNER_2023, english_name="A" * 35 + "B" * 11)
        block = card.text_block()
        assert block[52:122] == b"A\0" * 35
        assert block[220:242] == b"B\0" * 11

    def test_private_use_characters_and_spaces_stand_as_they_are(self) -> None:
        card = replace(RESIDENT, name="\ue815 \U00020000", nation="97")
        assert card.text_block()[0:10] == bytes.fromhex("15e8 2000 40d8 00dc 2000")
        assert card.text_block()[32:36] == b"9\x007\x00"


class TestWorkedFrames:
    @pytest.mark.parametrize(
        ("card", "check", "digest"),
        [
            (RESIDENT, 0xAB, "dd95ad592526be58"),
            (PERMANENT, 0x6F, "05c23f54fd664f4e"),
            (HONG_KONG, 0xEA, "d81022a8b04888ad"),
            (FOREIGNER_2017, 0x94, "aa9e87229dde6cea"),
            (FOREIGNER_2023, 0xF2, "f4134235ab1ae98a"),
        ],
    )
    def test_base_read(self, card: IdCard, check: int, digest: str) -> None:
        logic = ModuleLogic()
        logic.lay(card)
        logic.answer(Command(0x20, 0x01))
        logic.answer(Command(0x20, 0x02))
        frame = logic.answer(Command(0x30, 0x01)).frame
        assert len(frame) == 1295
        assert frame[:14] == bytes.fromhex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00")
        assert frame[-1] == check
        assert hashlib.sha256(frame).hexdigest()[:16] == digest
