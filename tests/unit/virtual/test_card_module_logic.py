"""The ID-card module's replies and order, without a wire (ID-card module notes, sections 2-4, 8 and 10)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.virtual.card_module_frames import PREAMBLE, CommandHunter, Status, reply
from kiosk.virtual.card_module_logic import ModuleLogic
from kiosk.virtual.cards import IdCard

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

RESET = bytes.fromhex("AA AA AA 96 69 00 03 10 FF EC")
SAM_STATUS = bytes.fromhex("AA AA AA 96 69 00 03 11 FF ED")
READ_SAM_ID = bytes.fromhex("AA AA AA 96 69 00 03 12 FF EE")
FIND = bytes.fromhex("AA AA AA 96 69 00 03 20 01 22")
SELECT = bytes.fromhex("AA AA AA 96 69 00 03 20 02 21")
READ_BASE = bytes.fromhex("AA AA AA 96 69 00 03 30 01 32")
READ_FINGERPRINT = bytes.fromhex("AA AA AA 96 69 00 03 30 10 23")
READ_ADDRESS = bytes.fromhex("AA AA AA 96 69 00 03 30 03 30")
BAUD_9600 = bytes.fromhex("AA AA AA 96 69 00 03 60 04 67")
MAX_RF = bytes.fromhex("AA AA AA 96 69 00 04 61 FF 50 CA")

DONE = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
FOUND = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
NO_CARD = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
SELECTED = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
SELECT_FAILED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 81 85")
READ_FAILED = bytes.fromhex("AA AA AA 96 69 00 04 00 00 41 45")
NO_SUCH_ITEM = bytes.fromhex("AA AA AA 96 69 00 04 00 00 91 95")
BAD_CHECKSUM = bytes.fromhex("AA AA AA 96 69 00 04 00 00 10 14")
BAD_LENGTH = bytes.fromhex("AA AA AA 96 69 00 04 00 00 11 15")
BAD_COMMAND = bytes.fromhex("AA AA AA 96 69 00 04 00 00 21 25")
SAM_ID = bytes.fromhex("AA AA AA 96 69 00 14 00 00 90 05 00 01 00 A5 3A 34 01 40 E2 01 00 CB 64 78 00 5E")

# Bytes among which no preamble can begin.
GARBAGE = st.binary(max_size=20).map(lambda data: data.replace(b"\xaa", b"\x55"))
COMMANDS = st.lists(
    st.sampled_from([RESET, FIND, SELECT, READ_BASE, READ_ADDRESS, READ_SAM_ID, MAX_RF, BAUD_9600]), max_size=8
)


def exchange(logic: ModuleLogic, chunks: list[bytes]) -> list[bytes]:
    hunter = CommandHunter()
    return [logic.answer(command).frame for chunk in chunks for command in hunter.feed(chunk)]


def ask(logic: ModuleLogic, *commands: bytes) -> list[bytes]:
    return exchange(logic, list(commands))


def with_card(card: IdCard = RESIDENT, answers_again: bool = True) -> ModuleLogic:
    logic = ModuleLogic(answers_again)
    logic.lay(card)
    return logic


class TestWorkedFrames:
    @pytest.mark.parametrize(
        ("size", "start", "length", "check"),
        [
            (1024, "AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00", 2321, 0xA1),
            (512, "AA AA AA 96 69 07 0A 00 00 90 01 00 04 00 02 00", 1809, 0xA9),
            (0, "AA AA AA 96 69 05 0A 00 00 90 01 00 04 00 00 00", 1297, 0xA9),
        ],
    )
    def test_read_with_fingerprints(self, size: int, start: str, length: int, check: int) -> None:
        logic = with_card(replace(RESIDENT, fingerprints=bytes(size)))
        frame = ask(logic, FIND, SELECT, READ_FINGERPRINT)[-1]
        assert frame[:16] == bytes.fromhex(start)
        assert (len(frame), frame[-1]) == (length, check)
        assert frame[16 : 16 + 256] == RESIDENT.text_block()

    def test_newest_address(self) -> None:
        logic = with_card(replace(RESIDENT, newest_address="示例市样本区虚构路9号"))
        frame = ask(logic, FIND, SELECT, READ_ADDRESS)[-1]
        assert (len(frame), frame[5:7], frame[-1]) == (81, b"\x00\x4a", 0xBC)

    def test_a_card_without_newest_address_has_no_such_item(self) -> None:
        assert ask(with_card(), FIND, SELECT, READ_ADDRESS)[-1] == NO_SUCH_ITEM

    @pytest.mark.parametrize(
        ("command", "answer"),
        [
            (RESET, DONE),
            (SAM_STATUS, DONE),
            (READ_SAM_ID, SAM_ID),
            (MAX_RF, DONE),
            (FIND, NO_CARD),
            (SELECT, SELECT_FAILED),
            (READ_BASE, READ_FAILED),
            (READ_FINGERPRINT, READ_FAILED),
            (READ_ADDRESS, READ_FAILED),
            (bytes.fromhex("AA AA AA 96 69 00 03 60 00 63"), DONE),
            (bytes.fromhex("AA AA AA 96 69 00 03 60 05 66"), BAD_COMMAND),
            (bytes.fromhex("AA AA AA 96 69 00 03 01 FF FD"), BAD_COMMAND),
            (bytes.fromhex("AA AA AA 96 69 00 03 20 03 20"), BAD_COMMAND),
            (bytes.fromhex("AA AA AA 96 69 00 03 10 FF ED"), BAD_CHECKSUM),
            (bytes.fromhex("AA AA AA 96 69 00 04 20 01 00 25"), BAD_LENGTH),
            (bytes.fromhex("AA AA AA 96 69 00 02"), BAD_LENGTH),
            (bytes.fromhex("AA AA AA 96 69 00 41"), BAD_LENGTH),
            (bytes.fromhex("AA AA AA 96 69 FF FF"), BAD_LENGTH),
        ],
    )
    def test_without_a_card(self, command: bytes, answer: bytes) -> None:
        assert ask(ModuleLogic(), command) == [answer]

    @pytest.mark.parametrize(
        ("status", "tail"),
        [
            (Status.BAD_CHECKSUM, "10 14"),
            (Status.BAD_LENGTH, "11 15"),
            (Status.BAD_COMMAND, "21 25"),
            (Status.UNKNOWN_CARD, "40 44"),
            (Status.SELF_TEST_FAILED, "60 64"),
            (Status.NOT_AUTHORISED, "66 62"),
        ],
    )
    def test_status_frames(self, status: Status, tail: str) -> None:
        assert reply(status) == bytes.fromhex("AA AA AA 96 69 00 04 00 00" + tail)


class TestOrder:
    def test_a_read_needs_a_selected_card(self) -> None:
        assert ask(with_card(), FIND, READ_BASE) == [FOUND, READ_FAILED]

    def test_a_selection_needs_a_found_card(self) -> None:
        assert ask(with_card(), SELECT, READ_BASE) == [SELECT_FAILED, READ_FAILED]

    def test_each_base_read_needs_its_own_selection(self) -> None:
        assert ask(with_card(), FIND, SELECT, READ_BASE, READ_BASE)[-1] == READ_FAILED

    def test_the_address_may_be_read_after_the_base_of_one_selection(self) -> None:
        assert ask(with_card(), FIND, SELECT, READ_BASE, READ_ADDRESS)[-1] == NO_SUCH_ITEM

    def test_a_reset_loses_the_selection(self) -> None:
        assert ask(with_card(), FIND, SELECT, RESET, READ_BASE)[-1] == READ_FAILED

    def test_a_card_that_stays_is_found_again(self) -> None:
        assert ask(with_card(), FIND, SELECT, READ_BASE, FIND)[-1] == FOUND

    def test_or_not_before_it_was_lifted(self) -> None:
        logic = with_card(answers_again=False)
        assert ask(logic, FIND, SELECT, FIND, SELECT, READ_BASE, FIND, SELECT)[-3:][1:] == [NO_CARD, SELECT_FAILED]
        logic.lift()
        logic.lay(RESIDENT)
        assert ask(logic, FIND) == [FOUND]

    def test_a_card_that_was_lifted_cannot_be_selected_or_read(self) -> None:
        logic = with_card()
        assert ask(logic, FIND) == [FOUND]
        logic.lift()
        assert ask(logic, SELECT, FIND) == [SELECT_FAILED, NO_CARD]

    def test_another_card_is_not_read_under_the_selection_of_the_first(self) -> None:
        logic = with_card()
        ask(logic, FIND, SELECT)
        logic.lay(PERMANENT)
        assert ask(logic, READ_BASE) == [READ_FAILED]


class TestFaults:
    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.DONE, Status.CARD_FOUND}))
    def test_every_status_word_can_answer_a_read(self, status: int) -> None:
        logic = with_card()
        logic.next_status = (status, 0, 0)
        frame = ask(logic, FIND, SELECT, READ_BASE)[-1]
        assert frame == PREAMBLE + bytes((0, 4, 0, 0, status, 4 ^ status))

    def test_the_card_s_own_words_may_come_with_it(self) -> None:
        logic = with_card()
        logic.next_status = (0x41, 0x69, 0x82)
        assert ask(logic, FIND, SELECT, READ_BASE)[-1] == bytes.fromhex("AA AA AA 96 69 00 04 69 82 41 AE")

    @pytest.mark.parametrize("status", [0x31, 0x32])
    def test_after_a_failed_authentication_the_card_must_be_laid_again(self, status: int) -> None:
        logic = with_card()
        logic.next_status = (status, 0, 0)
        assert ask(logic, FIND, SELECT, READ_BASE, FIND)[-1] == NO_CARD
        logic.lift()
        logic.lay(RESIDENT)
        assert len(ask(logic, FIND, SELECT, READ_BASE)[-1]) == 1295

    def test_a_wrong_checksum_comes_once(self) -> None:
        logic = with_card()
        logic.next_checksum_wrong = True
        first, second = (ask(logic, FIND, SELECT, READ_BASE)[-1] for _ in range(2))
        assert (first[:-1], first[-1], second[-1]) == (second[:-1], 0xAB ^ 0xFF, 0xAB)

    @pytest.mark.parametrize("status", [0x60, 0x66])
    def test_a_module_out_of_order_takes_no_command(self, status: int) -> None:
        logic = with_card()
        logic.out_of_order = status
        assert {frame[9] for frame in ask(logic, RESET, SAM_STATUS, FIND, SELECT, READ_BASE)} == {status}


class TestStream:
    @given(COMMANDS, st.data())
    def test_any_cutting_gives_the_same_replies(self, commands: list[bytes], data: st.DataObject) -> None:
        stream = b"".join(commands)
        cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=12)))
        chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        assert exchange(with_card(), chunks) == exchange(with_card(), commands)
        assert len(exchange(with_card(), chunks)) == len(commands)

    @given(st.lists(st.tuples(GARBAGE, st.integers(0, 4)), max_size=6))
    def test_what_stands_before_a_preamble_does_no_harm(self, junk: list[tuple[bytes, int]]) -> None:
        chunks = [garbage + b"\xaa" * extra + FIND for garbage, extra in junk]
        assert exchange(with_card(), chunks) == [FOUND] * len(junk)

    @given(st.binary(max_size=200))
    def test_no_bytes_make_it_fail_and_it_finds_the_next_command(self, data: bytes) -> None:
        hunter = CommandHunter()
        hunter.feed(data)
        hunter.forget()
        assert [(found.code, found.parameter) for found in hunter.feed(FIND)] == [(0x20, 0x01)]  # type: ignore[union-attr]
