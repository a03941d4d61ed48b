"""The printer's clockwork with a clock of the test's own: answers, order, faults, the ideal run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.virtual.printer.machine import Machine
from kiosk.virtual.printer.settings import PrinterSettings
from kiosk.virtual.printer.slips import Slip, Torn, drawn

ROW = 1 / 1200  # 150 mm/s, 8 rows a mm
BYTE = 10 / 9600
LATER = 1000.0


class Bench:
    def __init__(self, **changes: object) -> None:
        self.settings = PrinterSettings(**{"baud": 9600, **changes})  # type: ignore[arg-type]
        self.answers: list[tuple[float, bytes]] = []
        self.torn: list[Torn] = []
        self.machine = Machine(self.settings, self._reply, self.torn.append)

    def _reply(self, at: float, answer: bytes) -> None:
        if answer:
            self.answers.append((at, answer))

    def send(self, data: bytes, at: float) -> float:
        """Bytes on the line from `at`; the time of the last one's arrival."""
        end = at + len(data) * self.settings.byte_s
        self.machine.take(data, at)
        self.machine.advance(end)
        return end

    @property
    def said(self) -> list[str]:
        return [answer.hex() for _, answer in self.answers]

    def slip(self, number: int = 0) -> Slip:
        return drawn(self.torn[number], self.settings.width)


def test_limit_of_one_line_by_hand() -> None:
    bench = Bench()
    bench.send(b"HHHHHHHHHH\n\x1dVB\x00", 50.0)
    bench.machine.advance(LATER)
    slip = bench.slip()
    # H stands on the base line, 19 rows down its cell of 24: rows 0-18 of the line are burnt by its last black row.
    assert slip.limit_s == pytest.approx(11 * BYTE + 19 * ROW)
    assert slip.burst_at == 50.0
    assert slip.first_byte_at == pytest.approx(50.0 + BYTE)
    assert slip.last_byte_at == pytest.approx(50.0 + 11 * BYTE)
    assert slip.last_dot_at == pytest.approx(50.0 + slip.limit_s)
    # The line's 30 rows end at 11 bytes + 30 rows; then 12 mm to the tear bar, after the cut command has come.
    assert slip.ended_at == pytest.approx(50.0 + max(11 * BYTE + 30 * ROW, 15 * BYTE) + 96 * ROW)
    assert (slip.lines, slip.bytes) == ((b"HHHHHHHHHH",), 15)


def test_bytes_that_wait_behind_a_slip_belong_to_the_next_one() -> None:
    bench = Bench(baud=None)
    bench.send(b"HHHHHHHHHH\n\x1dVB\x00" + b"HH\n\x1dVB\x00", 50.0)
    bench.machine.advance(LATER)
    assert (bench.slip(0).bytes, bench.slip(1).bytes) == (15, 7)
    assert bench.slip(1).first_byte_at == pytest.approx(50.0 + 16e-6)


def test_limit_does_not_grow_with_the_hosts_pauses() -> None:
    quick, slow = Bench(), Bench()
    quick.send(b"HH\nHHHH\n\x1dVB\x00", 50.0)
    end = slow.send(b"HH", 50.0)
    end = slow.send(b"\nHH", end + 0.5)
    slow.send(b"HH\n\x1dVB\x00", end + 0.001)
    quick.machine.advance(LATER)
    slow.machine.advance(LATER)
    assert slow.slip().limit_s == pytest.approx(quick.slip().limit_s)
    assert slow.slip().burst_at == 50.0
    # The second, short pause is hidden behind the head.
    assert slow.slip().last_dot_at == pytest.approx(quick.slip().last_dot_at + 0.5)


def test_a_second_slip_counts_from_the_bursts_beginning_and_a_later_one_anew() -> None:
    bench = Bench()
    slip = b"H\n\x1dVB\x00"
    bench.send(slip + slip, 50.0)
    bench.machine.advance(60.0)
    bench.send(slip, 60.0)
    bench.machine.advance(LATER)
    first, second, third = (bench.slip(number) for number in range(3))
    assert (first.burst_at, second.burst_at, third.burst_at) == (50.0, 50.0, 60.0)
    assert first.limit_s == pytest.approx(third.limit_s) == pytest.approx(2 * BYTE + 19 * ROW)
    # The head is the bottleneck: a line of 30 rows and 96 rows to the bar, then the second line's 19.
    assert second.limit_s == pytest.approx(2 * BYTE + (30 + 96 + 19) * ROW)


def test_status_questions_do_not_begin_a_burst_nor_count() -> None:
    plain, asking = Bench(), Bench()
    plain.send(b"HH\n\x1dVB\x00", 50.0)
    asking.send(b"\x1da\xff\x10\x04\x01", 49.0)
    asking.send(b"\x10\x04\x04" + b"H\x10\x04\x01H\n\x1dVB\x00", 50.0 - 3 * BYTE)
    for bench in (plain, asking):
        bench.machine.advance(LATER)
    assert asking.slip().limit_s == pytest.approx(plain.slip().limit_s)
    assert asking.slip().burst_at == pytest.approx(50.0)
    assert asking.slip().bytes == plain.slip().bytes == 7


@given(st.lists(st.tuples(st.sampled_from([b"H\n", b"HHHH", b"\x1b@", b"\x1bd\x02", b"\x1dVB\0"]), st.floats(0, 0.1))))
def test_nothing_is_faster_than_the_limit(pieces: list[tuple[bytes, float]]) -> None:
    bench, at = Bench(baud=115200), 10.0
    for data, pause in pieces:
        at = bench.send(data, at + pause)
    bench.machine.advance(LATER)
    for torn in bench.torn:
        slip = drawn(torn, 384)
        assert slip.last_dot_at - slip.burst_at >= slip.limit_s - 1e-9


def test_process_id_waits_for_the_head() -> None:
    bench = Bench(baud=None)
    end = bench.send(b"HHHH\n\x1bd\x0a\x1d(H\x06\x0000" + b"0001" + b"\x1dr\x01", 50.0)
    assert bench.said == []
    bench.machine.advance(LATER)
    assert bench.said == ["00", "37223030303100"]
    assert bench.answers[1][0] == pytest.approx(50.0 + 5e-6 + 330 * ROW)
    assert end < bench.answers[0][0] < bench.answers[1][0]


def test_process_id_of_a_printer_without_one() -> None:
    bench = Bench(process_id=False)
    bench.send(b"H\n\x1d(H\x06\x0000" + b"0001", 50.0)
    bench.machine.advance(LATER)
    assert bench.said == []


def test_process_id_out_of_range_is_not_answered() -> None:
    bench = Bench()
    bench.send(b"\x1d(H\x06\x0000" + b"\x1f001", 50.0)
    bench.machine.advance(LATER)
    assert bench.said == []


def test_real_time_status_overtakes_what_is_queued() -> None:
    bench = Bench(baud=None)
    bench.send(b"\x1bd\xffH\n" * 3 + b"\x1dr\x01\x10\x04\x01", 50.0)
    bench.machine.advance(LATER)
    assert bench.said == ["12", "00"]


def test_automatic_status_at_once_and_after_each_change() -> None:
    bench = Bench()
    bench.machine.sense(49.0, near_end=True)
    bench.send(b"\x1da\xff", 50.0)
    bench.machine.sense(51.0, cover_open=True)
    bench.machine.sense(52.0, cover_open=True)
    bench.machine.sense(53.0, paper_out=True)
    bench.machine.sense(54.0, cover_open=False)
    bench.machine.load_paper(55.0)
    bench.send(b"\x1da\x00", 56.0)
    bench.machine.sense(57.0, cover_open=True)
    assert bench.said == ["1000030f", "3800030f", "38000f0f", "18000f0f", "1000030f"]
    assert [at for at, _ in bench.answers[1:]] == [51.0, 53.0, 54.0, 55.0]


def test_automatic_status_watches_only_what_it_was_told() -> None:
    bench = Bench()
    bench.send(b"\x1da\x08", 50.0)
    bench.machine.sense(51.0, cover_open=True)
    bench.machine.sense(52.0, near_end=True)
    assert bench.said == ["1000000f", "3800030f"]


def test_offline_holds_the_queue_but_not_the_real_time_commands() -> None:
    bench = Bench()
    bench.machine.sense(49.0, cover_open=True)
    bench.send(b"\x1dr\x01\x1da\xff\x10\x04\x02", 50.0)
    bench.machine.advance(60.0)
    assert bench.said == ["16"]
    bench.machine.sense(60.0, cover_open=False)
    bench.machine.advance(61.0)
    assert bench.said == ["16", "00", "1000000f"]


def test_a_stop_in_mid_line_moves_the_rest_and_nothing_is_lost() -> None:
    bench = Bench(baud=None)
    bench.send(b"HHHH\n\x1dVB\x00\x1d(H\x06\x0000" + b"0001", 50.0)
    bench.machine.advance(50.01)
    bench.machine.sense(50.01, cover_open=True)
    bench.machine.advance(70.0)
    assert (bench.torn, bench.said) == ([], [])
    bench.machine.sense(70.0, cover_open=False)
    bench.machine.advance(LATER)
    slip, straight = bench.slip(), Bench(baud=None)
    straight.send(b"HHHH\n\x1dVB\x00", 50.0)
    straight.machine.advance(LATER)
    assert slip.image.tobytes() == straight.slip().image.tobytes()
    assert slip.limit_s == pytest.approx(straight.slip().limit_s)
    assert slip.last_dot_at > 70.0
    assert bench.said == ["37223030303100"]


def test_paper_ends_in_mid_job_at_the_row() -> None:
    bench = Bench(baud=None)
    bench.send(b"\x1da\xff", 49.0)
    bench.machine.head.paper_left = 80
    bench.send(b"H\n" * 5 + b"\x1d(H\x06\x0000" + b"0001", 50.0)
    bench.machine.advance(60.0)
    assert bench.said == ["1000000f", "18000c0f"]
    assert bench.answers[1][0] == pytest.approx(50.0 + 2e-6 + 80 * ROW)
    assert bench.machine.head.row == 96 + 80
    bench.machine.load_paper(60.0)
    bench.machine.advance(LATER)
    assert bench.said[2:] == ["1000000f", "37223030303100"]
    assert bench.machine.head.row == 96 + 150


def test_clear_buffers_drops_the_job_and_its_process_id() -> None:
    bench = Bench(baud=None)
    job = b"HHHH\n" * 20 + b"\x1d(H\x06\x0000" + b"0001"
    bench.send(job, 50.0)
    bench.send(bytes((0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8)), 50.1)
    bench.machine.advance(LATER)
    assert bench.said == ["372500"]
    assert bench.machine.room == 4096
    assert bench.machine.head.row < 96 + 150
    bench.send(b"\x1d(H\x06\x0000" + b"0002", LATER)
    assert bench.said == ["372500", "37223030303200"]


def test_a_jammed_cutter_stops_the_cut_until_it_is_freed() -> None:
    bench = Bench(cutter=True)
    bench.machine.jammed = True
    bench.send(b"\x1da\xffH\n\x1dVB\x00", 50.0)
    bench.machine.advance(60.0)
    assert (bench.said, bench.torn) == (["1000000f", "1808000f"], [])
    bench.send(b"\x10\x05\x01", 60.0)
    bench.machine.advance(70.0)
    assert bench.said[2:] == ["1000000f", "1808000f"]
    bench.machine.jammed = False
    bench.send(b"\x10\x05\x01", 70.0)
    bench.machine.advance(LATER)
    assert len(bench.torn) == 1


def test_recover_with_dropping_forgets_the_job() -> None:
    bench = Bench(cutter=True)
    bench.machine.jammed = True
    bench.send(b"H\n\x1dVB\x00\x1d(H\x06\x0000" + b"0001", 50.0)
    bench.machine.advance(60.0)
    bench.machine.jammed = False
    bench.send(b"\x10\x05\x02", 60.0)
    bench.machine.advance(LATER)
    assert (bench.torn, bench.said) == ([], [])


def test_power_off_forgets_modes_and_automatic_status() -> None:
    bench = Bench()
    bench.send(b"\x1da\xff\x1d!\x11half", 50.0)
    bench.machine.power_off(51.0)
    bench.machine.sense(52.0, near_end=True)
    bench.send(b"H\n\x1dVB\x00", 53.0)
    bench.machine.advance(LATER)
    assert bench.said == ["1000000f"]
    assert bench.slip().lines == (b"H",)
    assert bench.slip().image.height == 96 + 30


def test_a_cutter_takes_its_time() -> None:
    with_cutter, without = Bench(cutter=True), Bench()
    for bench in (with_cutter, without):
        bench.send(b"H\n\x1dVB\x00H\n\x1dVB\x00", 50.0)
        bench.machine.advance(LATER)
    assert with_cutter.slip(0).ended_at - without.slip(0).ended_at == pytest.approx(0.350)
    assert with_cutter.slip(1).limit_s - without.slip(1).limit_s == pytest.approx(0.350)


def test_function_a_cuts_behind_the_head_and_leaves_a_piece() -> None:
    bench = Bench(cutter=True)
    bench.send(b"H\nH\nH\nH\n\x1dV\x00\x1bd\x05\x1dV\x00", 50.0)
    bench.machine.advance(LATER)
    # 96 rows hang from the head to the cutter: of 4 x 30 rows only the first 120 from the bar are in front of it.
    assert (bench.slip(0).image.height, bench.slip(0).lines) == (120, (b"H",))
    assert (bench.slip(1).image.height, bench.slip(1).lines) == (150, (b"H", b"H", b"H"))


def test_the_buffer_counts_what_the_head_has_not_taken() -> None:
    bench = Bench(baud=None, buffer_bytes=200)
    assert bench.machine.room == 200
    bench.send(b"HHHHHHHHH\n" * 12, 50.0)
    assert 80 <= bench.machine.room <= 110
    bench.machine.advance(LATER)
    assert bench.machine.room == 200


def test_a_raster_larger_than_the_buffer_goes_through() -> None:
    bench = Bench(baud=None, buffer_bytes=100)
    rows = 50
    data = b"\x1dv0\0\x30\0" + bytes((rows, 0)) + b"\xff" * 48 * rows
    at, sent = 50.0, 0
    while sent < len(data):
        assert at < 60
        chunk = data[sent : sent + max(0, min(20, bench.machine.room))]
        bench.machine.take(chunk, at)
        sent, at = sent + len(chunk), at + 0.0001
        bench.machine.advance(at)
    bench.machine.advance(LATER)
    assert bench.machine.head.row == 96 + rows


def test_black_marks() -> None:
    bench = Bench(mark_mm=30.0, mark_answers=True)
    bench.send(b"H\n\x1d\x0cH\n\x1d\x0c", 50.0)
    bench.machine.advance(LATER)
    assert [torn.end_row - torn.first_row for torn in bench.torn] == [240, 240]
    assert bench.said == ["aa", "aa"]


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=40) | st.sampled_from([b"\x1dVB\0", b"\x1b@", "核酸".encode("gb18030")]), max_size=6)
)
def test_noise_never_raises_even_when_drawn(pieces: list[bytes]) -> None:
    bench, at = Bench(baud=None), 10.0
    for piece in pieces:
        at = bench.send(piece, at)
    bench.machine.power_off(LATER)
    bench.machine.tear(LATER)
    for torn in bench.torn[:3]:
        if torn.end_row - torn.first_row < 4000:
            drawn(torn, 384)


def test_a_stop_comes_after_the_present_dot_line() -> None:
    bench = Bench(baud=None)
    bench.send(b"\x1bd\x05", 50.0)
    bench.machine.sense(50.0 + 3e-6 + 10.5 * ROW, cover_open=True)
    assert bench.machine.head.row == 96 + 11
