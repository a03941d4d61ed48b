"""No cell that anybody may type ends the reading of a list, and none leaks."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.roster import Fault, NoHeader, read_sheet
from kiosk.roster.cells import identity_number, plain
from table_bench import resident_number

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.dates(),
    st.sampled_from(["姓名", "证件号"]),
)


def eighteen(number):
    return number if len(number) == 18 else None


@given(st.lists(st.lists(CELLS, max_size=8), max_size=12), st.none() | st.integers(-2, 15))
def test_any_rows_are_read_or_refused(rows, start):
    try:
        sheet = read_sheet([["姓名", "证件号", "地址"], *rows], eighteen, start)
    except NoHeader:
        return
    taken = len(sheet.listed) + len(sheet.households) + len(sheet.failed) + sheet.passed_over
    below = len(rows) + 1 - (start or 1)
    assert taken in (below, below - 1), "a header takes one row or two, and each below it is accounted for"


@given(st.integers(0, 999), st.integers(0, 3))
def test_a_number_that_a_spreadsheet_held_as_a_figure_is_never_taken(serial, form):
    number = resident_number(serial)
    if number.endswith("X"):
        return
    ruined = (float(number), int(float(number)), f"{float(number):.5E}", str(int(float(number)))[:15] + "000")[form]
    assert isinstance(identity_number(ruined), Fault)


@given(CELLS)
def test_a_cell_is_one_line_of_what_can_be_seen(cell):
    assert plain(cell).isprintable() or plain(cell) == ""


def test_nobody_stands_in_a_repr():
    sheet = read_sheet([["姓名", "证件号"], ["测试甲", "x1"], ["测试乙", resident_number(1)]], eighteen)
    assert "测试" not in repr(sheet)
    assert resident_number(1) not in repr(sheet)
