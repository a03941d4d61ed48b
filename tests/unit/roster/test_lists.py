"""Lists as offices have them: each is read right, or refused with the row."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from openpyxl import Workbook

from kiosk.credentials import id_check_digit
from kiosk.office.lists import Intake, NotAListError, keep_apart, take
from kiosk.office.parts import read_points
from table_bench import resident_number

TODAY = date(2022, 5, 20)
A, B, C, D = (resident_number(n) for n in (1, 2, 3, 4))
OLD = "110101900307123"


@dataclass(frozen=True)
class Expected:
    """What a list comes to: who, where (stairwell and flat), status; rows that failed and why; rows said twice."""

    people: tuple[tuple[str, str, str, str], ...]
    failed: tuple[tuple[int, str], ...] = ()
    doubled: tuple[int, ...] = ()
    households: tuple[tuple[str, str, int | None], ...] = ()


def person(number, where="", flat="", status="expected"):
    return number, where, flat, status


HEAD = ["楼栋", "单元", "房号", "姓名", "身份证号码", "备注"]
TWO = [["3", "2", "501", "测试甲", A, ""], ["3", "2", "502", "测试乙", B, ""]]
IN_TWO = (person(A, "3号楼2单元", "501"), person(B, "3号楼2单元", "502"))

LISTS: dict[str, tuple[Sequence[Sequence[object]], Expected]] = {
    "plain": ([HEAD, *TWO], Expected(IN_TWO)),
    "a title and the date above": ([["阳光社区名单"], ["2022年5月20日"], [], HEAD, *TWO], Expected(IN_TWO)),
    "words for figures": (
        [HEAD, ["3栋", "2单元", "501室", "测试甲", A, ""], ["3号楼", "2门", "502", "测试乙", B, ""]],
        Expected(IN_TWO),
    ),
    "merged downwards": (
        [HEAD, ["3", "2", "501", "测试甲", A, ""], ["", "", "502", "测试乙", B, ""], ["", "", "", "测试丙", C, ""]],
        Expected((*IN_TWO, person(C, "3号楼2单元", "502"))),
    ),
    "another building begins without a unit": (
        [HEAD, TWO[0], ["4", "", "101", "测试乙", B, ""]],
        Expected((IN_TWO[0], person(B, "4号楼", "101"))),
    ),
    "two header rows": (
        [
            ["姓名", "证件", "", "住址", "", ""],
            ["", "证件类型", "证件号", "楼栋", "单元", "房号"],
            ["测试甲", "身份证", A, "3", "2", "501"],
        ],
        Expected(IN_TWO[:1]),
    ),
    "headers with brackets, stars and blanks": (
        [["姓  名*", "公民身份号码（18位）", "楼 栋", "单元号", "房号"], ["测试甲", A, "3", "2", "501"]],
        Expected(IN_TWO[:1]),
    ),
    "one cell for the address": (
        [["姓名", "证件号", "现住址"], ["测试甲", A, "阳光小区3号楼2单元501室"], ["测试乙", B, "3-2-502"]],
        Expected(IN_TWO),
    ),
    "an address without a unit": (
        [["姓名", "证件号", "地址"], ["测试甲", A, "东风路8号院3幢501"]],
        Expected((person(A, "3号楼", "501"),)),
    ),
    "an address that is none": (
        [["姓名", "证件号", "地址"], ["测试甲", A, "李家村"]],
        Expected((person(A, "李家村"),)),
    ),
    "no place at all": ([["序号", "姓名", "身份证号"], ["1", "测试甲", A]], Expected((person(A),))),
    "no names": ([["身份证号"], [A], [B]], Expected((person(A), person(B)))),
    "full-width digits and a small x": (
        [["姓名", "身份证号"], ["测试甲", A.translate({48 + n: 0xFF10 + n for n in range(10)})]],
        Expected((person(A),)),
    ),
    "blanks, an apostrophe and a mark that nobody sees": (
        [["姓名", "身份证号"], ["测试甲", f"'{A[:6]} {A[6:14]} {A[14:]}\u200b"]],
        Expected((person(A),)),
    ),
    "the old form of fifteen": ([["姓名", "身份证号"], ["测试甲", OLD]], Expected((person(OLD),))),
    "the old form as a figure, which keeps it": (
        [["姓名", "身份证号"], ["测试甲", int(OLD)]],
        Expected((person(OLD),)),
    ),
    "kept as a figure": (
        [["姓名", "身份证号"], ["测试甲", float(A)], ["测试乙", B]],
        Expected((person(B),), failed=((2, "as-a-figure"),)),
    ),
    "in powers of ten": (
        [["姓名", "身份证号"], ["测试甲", "1.10199E+17"]],
        Expected((), failed=((2, "in-powers"),)),
    ),
    "a zeroed tail": (
        [["姓名", "身份证号"], ["测试甲", A[:15] + "000"]],
        Expected((), failed=((2, "zeroed"),)),
    ),
    "a wrong check digit": (
        [["姓名", "身份证号"], ["测试甲", A[:17] + ("1" if A[17] != "1" else "2")]],
        Expected((), failed=((2, "not-an-identity"),)),
    ),
    "a name without a number": (
        [["姓名", "身份证号"], ["测试甲", ""], ["测试乙", B]],
        Expected((person(B),), failed=((2, "no-number"),)),
    ),
    "somebody twice": ([HEAD, *TWO, ["9", "1", "101", "测试甲", A, ""]], Expected(IN_TWO, doubled=(4,))),
    "a total in the last row": ([HEAD, *TWO, ["合计", "", "", "2人", "", ""]], Expected(IN_TWO)),
    "a signature below": ([HEAD, *TWO, [], ["填表人：", "", "", "", "", ""]], Expected(IN_TWO)),
    "the header again on each page": ([HEAD, TWO[0], HEAD, TWO[1]], Expected(IN_TWO)),
    "blank rows between": ([HEAD, TWO[0], ["", " ", "", "", "", ""], TWO[1]], Expected(IN_TWO)),
    "what the notes say": (
        [
            ["姓名", "身份证号", "备注"],
            ["甲", A, "2021年去世"],
            ["乙", B, "人户分离"],
            ["丙", C, "卧床，需上门"],
            ["丁", D, "3岁以下"],
        ],
        Expected(
            (
                person(A, status="died"),
                person(B, status="moved"),
                person(C, status="home-visit"),
                person(D, status="exempt"),
            )
        ),
    ),
    "households without names": (
        [
            ["户号", "本户地址", "联系方式", "住几人", "已做几人"],
            ["1", "3号楼2单元501", "", "4", ""],
            ["2", "3号楼2单元502", "", "", ""],
        ],
        Expected((), households=(("3号楼2单元", "501", 4), ("3号楼2单元", "502", None))),
    ),
    "english": (
        [["Name", "ID number", "Building", "Unit", "Room"], ["Test A", A, "3", "2", "501"]],
        Expected(IN_TWO[:1]),
    ),
    "an address up to the unit, and a column of flats": (
        [["姓名", "证件号", "地址", "房号"], ["测试甲", A, "阳光小区3号楼2单元", "501"], ["测试乙", B, "", "502"]],
        Expected(IN_TWO),
    ),
    "flats that tell unit and building": (
        [["房号", "姓名", "证件号"], ["3-2-501", "测试甲", A], ["3号楼2单元502", "测试乙", B]],
        Expected(IN_TWO),
    ),
    "a building, and flats that tell the unit": (
        [["楼号", "房号", "姓名", "证件号"], ["3", "2-501", "测试甲", A], ["", "2单元502", "测试乙", B]],
        Expected(IN_TWO),
    ),
    "Chinese figures": (
        [
            HEAD,
            ["三号楼", "二单元", "501", "甲", A, ""],
            ["三", "二", "502", "乙", B, ""],
            ["十二栋", "", "", "丙", C, ""],
        ],
        Expected((*IN_TWO, person(C, "12号楼"))),
    ),
    "addresses with signs, floors and remarks": (
        [
            ["姓名", "证件号", "地址"],
            ["测试甲", A, "3#2-501"],
            ["测试乙", B, "阳光小区三号楼二单元5楼502（东户）"],
            ["测试丙", C, "3/2/503"],
        ],
        Expected((*IN_TWO, person(C, "3号楼2单元", "503"))),
    ),
    "where somebody is registered beside where they live": (
        [["户籍地址", "现住址", "姓名", "证件号"], ["外省某县某村", "3号楼2单元501", "测试甲", A]],
        Expected(IN_TWO[:1]),
    ),
    "a flat that became a day": (
        [HEAD, ["3", "2", date(2022, 5, 1), "测试甲", A, ""], ["3", "2", "5月1日", "测试乙", B, ""], *TWO[:1]],
        Expected(IN_TWO[:1], failed=((2, "place-as-a-date"), (3, "place-as-a-date"))),
    ),
    "two people side by side": (
        [["姓名", "证件号", "姓名", "证件号"], ["测试甲", A, "测试乙", B]],
        Expected((), failed=((2, "two-numbers"),)),
    ),
    "totals of a unit and of a page": (
        [HEAD, TWO[0], ["2单元小计", "", "", "1人", "", ""], ["", "", "502", "测试乙", B, ""], ["本页合计2人"]],
        Expected(IN_TWO),
    ),
    "somebody who moved within the list": (
        [HEAD, ["9", "1", "101", "测试甲", A, "搬走"], TWO[0]],
        Expected(IN_TWO[:1], doubled=(3,)),
    ),
    "a column of notes before the number": (
        [["备注", "状态", "姓名", "证件号码"], ["", "外出务工", "测试甲", A]],
        Expected((person(A, status="moved"),)),
    ),
}


def found(file, **how):
    intake = Intake()
    take(intake, file, TODAY, **how)
    return Expected(
        tuple(
            (each.number, each.place.stairwell, each.place.flat, str(each.status)) for each in intake.listed.values()
        ),
        tuple((at.row, str(failed.why)) for at, failed in intake.failed),
        tuple(each.row for each in intake.doubled),
        tuple((each.place.stairwell, each.place.flat, each.people) for each in intake.households),
    )


def workbook(file, rows, sheet="名单", before=()):
    book = Workbook(write_only=True)
    first = book.create_sheet("说明")
    for row in before:
        first.append(row)
    target = book.create_sheet(sheet)
    for row in rows:
        target.append([None if cell == "" else cell for cell in row])
    book.save(file)
    return file


def text(file, rows, encoding, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    file.write_bytes(out.getvalue().encode(encoding))
    return file


@pytest.mark.parametrize(("rows", "expected"), LISTS.values(), ids=LISTS)
def test_a_workbook_is_read_right(tmp_path, rows, expected):
    assert found(workbook(tmp_path / "list.xlsx", rows)) == expected


AS_TEXT = {
    name: each for name, each in LISTS.items() if not any(isinstance(c, float | date) for row in each[0] for c in row)
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("rows", "expected"), AS_TEXT.values(), ids=AS_TEXT)
def test_and_as_a_text_in_whatever_encoding(tmp_path, rows, expected, encoding):
    assert (
        found(text(tmp_path / "list.csv", rows, encoding, delimiter="\t" if encoding == "utf-8" else ",")) == expected
    )


def test_a_sheet_and_a_header_that_are_named(tmp_path):
    file = workbook(tmp_path / "list.xlsx", [["x"], HEAD, *TWO], before=[["姓名", "身份证号"], ["旧", C]])
    assert found(file, sheet="名单", start=2).people == IN_TWO
    assert found(file).people == (person(C), *IN_TWO), "each sheet with a header, where none is named"
    with pytest.raises(NotAListError, match="no-such-sheet"):
        found(file, sheet="三月")
    with pytest.raises(NotAListError, match="no-header-there"):
        found(file, sheet="名单", start=1)


def test_sheets_are_read_each_a_building_by_its_name_and_one_without_a_header_is_told(tmp_path, call):
    book = Workbook(write_only=True)
    for title, number in (("三号楼", A), ("4号楼", B)):
        sheet = book.create_sheet(title)
        for row in (["单元", "房号", "姓名", "身份证号"], [1, 101, "甲", number]):
            sheet.append(row)
    book.create_sheet("通讯录").append(["物业", "电话"])
    book.create_sheet("空")
    book.save(tmp_path / "all.xlsx")
    assert found(tmp_path / "all.xlsx").people == (person(A, "3号楼1单元", "101"), person(B, "4号楼1单元", "101"))
    status, out, _ = call("roster", "read", tmp_path / "all.xlsx")
    assert (status, "all.xlsx 通讯录：没有表头，未读取" in out, "空" in out) == (0, True, False)


@pytest.mark.parametrize("mark", ['"3岁以下', '"3岁以下,甲"乙'])
def test_a_mark_that_is_not_closed_swallows_nobody(tmp_path, mark):
    file = tmp_path / "list.csv"
    file.write_text(f"姓名,身份证号,备注\n甲,{A},{mark}\n乙,{B},\n丙,{C},\n", encoding="utf-8")
    with pytest.raises(NotAListError, match="marks"):
        found(file)


@pytest.mark.parametrize(
    "note",
    [
        "外地户籍",
        "无禁忌",
        "已入户登记",
        "配偶去世",
        "户主已故",
        "外出已返回",
        "未搬走",
        "13岁以下",
        "原服役",
        "非空挂户",
        "不需上门",
    ],
)
def test_a_note_that_only_sounds_so_takes_nobody_for_gone(tmp_path, note):
    assert found(workbook(tmp_path / "list.xlsx", [["姓名", "身份证号", "备注"], ["甲", A, note]])).people == (
        person(A),
    )


def test_the_name_of_the_householder_is_not_that_of_everybody(tmp_path):
    intake = Intake()
    rows = [["户主姓名", "姓名", "ID", "身份证号"], ["张大", "张小", 7, A]]
    take(intake, workbook(tmp_path / "list.xlsx", rows), TODAY)
    assert [each.name for each in intake.listed.values()] == ["张小"]


def test_a_number_that_truly_ends_with_zeros_is_taken_once_somebody_has_compared_it(tmp_path):
    (true,) = (n for n in (f"11019919900101{serial:03d}" for serial in range(0, 1000, 100)) if id_check_digit(n) == "0")
    ruined = f"{A[:15]}000"
    file = workbook(tmp_path / "list.xlsx", [["姓名", "身份证号"], ["甲", f"{true}0"], ["乙", ruined]])
    assert found(file).failed == ((2, "zeroed"), (3, "zeroed"))
    checked = found(file, zeros_compared=True)
    assert (checked.people, checked.failed) == ((person(f"{true}0"),), ((3, "not-an-identity"),))


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xls", b"\xd0\xcf", "other-kind"),
        ("a.xlsx", b"PK\x03\x04 cut", "no-workbook"),
        ("a.csv", b"\xff\xfe\x00", "encoding"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xe7\x94\xb2,\xe4\xb9\x99", "no-header"),
    ],
)
def test_a_file_that_is_no_list_is_told(tmp_path, name, data, why):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotAListError, match=why):
        found(tmp_path / name)


def test_a_clerk_reads_what_is_right_and_each_row_that_is_not_masked(tmp_path, call):
    wrong = A[:17] + ("1" if A[17] != "1" else "2")
    file = workbook(tmp_path / "三号楼.xlsx", [HEAD, *TWO, ["3", "2", "503", "测试丙", wrong, ""], TWO[0]])
    status, out, err = call("roster", "read", file, "--language", "en")
    assert (status, err) == (1, "")
    why = "no identity number: its length, check digit or birth date is wrong"
    assert out.splitlines() == [
        f"三号楼.xlsx:4  {why}  测**  {'*' * 14}{wrong[-4:]}",
        "三号楼.xlsx:5  doubled: this person was listed before",
        "4 rows: 2 people, 1 rows doubled, 1 failed, 0 households without names",
        "expected 2",
        "1 units; 0 people without a flat",
    ]
    assert not any(number in out for number in (A, B, wrong))


def test_for_programs_over_several_files(tmp_path, call):
    first = workbook(tmp_path / "1.xlsx", [HEAD, *TWO])
    second = text(tmp_path / "2.csv", [["姓名", "身份证号"], ["甲", A], ["丙", C]], "gb18030")
    status, out, _ = call("roster", "read", first, second, "--json")
    assert (status, json.loads(out)) == (
        0,
        {
            "rows": 4,
            "passed_over": 0,
            "expected": 3,
            "by_status": {"expected": 3},
            "units": 2,
            "apart": [],
            "without_flat": 1,
            "households": 0,
            "doubled": [{"file": "2.csv", "row": 2}],
            "failed": [],
            "sheets_passed": [],
            "unread": [],
        },
    )


def test_a_file_that_is_not_there_is_told_beside_the_others(tmp_path, call):
    file = workbook(tmp_path / "1.xlsx", [HEAD, *TWO])
    status, out, err = call("roster", "read", tmp_path / "none.xlsx", file, "--json")
    assert (status, json.loads(out)["expected"]) == (1, 2)
    assert "none.xlsx: No such file or directory" in err


ESTATES: dict[str, tuple[Sequence[Sequence[object]], Sequence[str]]] = {
    "in the address": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "达州市万源市太平镇幸福小区3号楼2单元501"],
            ["乙", B, "阳光花园3号楼2单元501"],
        ],
        ("幸福小区3号楼2单元", "阳光花园3号楼2单元"),
    ),
    "in a column of its own, merged downwards": (
        [
            ["小区", "楼栋", "单元", "房号", "姓名", "身份证号"],
            ["幸福小区", "3", "2", "501", "甲", A],
            ["", "", "", "502", "乙", B],
            ["阳光花园", "3", "2", "501", "丙", C],
            ["", "4", "1", "101", "丁", D],
        ],
        ("幸福小区3号楼2单元", "幸福小区3号楼2单元", "阳光花园3号楼2单元", "4号楼1单元"),
    ),
    "blocks of one estate": (
        [["姓名", "身份证号", "住址"], ["甲", A, "幸福小区A区3号楼501"], ["乙", B, "幸福小区B区3号楼501"]],
        ("幸福小区A区3号楼", "幸福小区B区3号楼"),
    ),
    "yards of a road, of which one's figure ends the other's": (
        [["姓名", "身份证号", "住址"], ["甲", A, "1号院3号楼501"], ["乙", B, "11号院3号楼501"]],
        ("1号院3号楼", "11号院3号楼"),
    ),
    "one estate, said in full and not at all": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "万源市幸福小区3号楼2单元501"],
            ["乙", B, "幸福小区3号楼2单元502"],
            ["丙", C, "3号楼2单元503"],
        ],
        ("3号楼2单元",) * 3,
    ),
    "one estate, the shortest in the middle of the longest": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "幸福3号楼2单元501"],
            ["乙", B, "幸福小区3号楼2单元502"],
            ["丙", C, "万源幸福小区3号楼2单元503"],
        ],
        ("3号楼2单元",) * 3,
    ),
    "one estate with gates on two roads": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "河西街12号幸福小区3号楼501"],
            ["乙", B, "太平街道办事处兴隆路幸福小区3号楼502"],
            ["丙", C, "幸福小区第3号楼503"],
        ],
        ("3号楼",) * 3,
    ),
    "one estate, with and without brackets, figures and capitals": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "1、幸福小区（二期）A区3号楼501"],
            ["乙", B, "2、“幸福小区”2期a区3号楼502"],
            ["丙", C, "幸福小区二期A区3号楼503"],
        ],
        ("3号楼",) * 3,
    ),
    "estates with a word that another is made of": (
        [["姓名", "身份证号", "住址"], ["甲", A, "万科城3号楼501"], ["乙", B, "万科城市花园3号楼501"]],
        ("万科城3号楼", "万科城市花园3号楼"),
    ),
    "estates with a town in their names": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "城市花园3号楼501"],
            ["乙", B, "成都市阳光花园3号楼501"],
            ["丙", C, "江南小镇3号楼501"],
        ],
        ("城市花园3号楼", "成都市阳光花园3号楼", "江南小镇3号楼"),
    ),
    "yards in Chinese figures": (
        [["姓名", "身份证号", "住址"], ["甲", A, "一号院3号楼501"], ["乙", B, "十一号院3号楼501"]],
        ("1号院3号楼", "11号院3号楼"),
    ),
    "communities that are estates": (
        [["姓名", "身份证号", "住址"], ["甲", A, "太平镇幸福社区3号楼501"], ["乙", B, "阳光社区3号楼501"]],
        ("幸福社区3号楼", "阳光社区3号楼"),
    ),
    "a community, and the one estate in it": (
        [["姓名", "身份证号", "住址"], ["甲", A, "阳光社区3号楼501"], ["乙", B, "幸福小区3号楼501"]],
        ("3号楼",) * 2,
    ),
    "in a column that says the building too": (
        [
            ["小区", "房号", "姓名", "身份证号"],
            ["幸福小区3号楼", "1-501", "甲", A],
            ["幸福小区4号楼", "1-501", "乙", B],
        ],
        ("3号楼1单元", "4号楼1单元"),
    ),
    "without buildings": (
        [
            ["小区", "单元", "房号", "姓名", "身份证号"],
            ["幸福公寓", "1", "501", "甲", A],
            ["阳光公寓", "1", "501", "乙", B],
        ],
        ("幸福公寓1单元", "阳光公寓1单元"),
    ),
    "one that a direction ends, or a building that begins with it": (
        [
            ["姓名", "身份证号", "住址"],
            ["甲", A, "锦绣江南3号楼1单元501"],
            ["乙", B, "3号楼1单元502"],
            ["丙", C, "幸福小区东3号楼1单元501"],
        ],
        ("3号楼1单元", "3号楼1单元", "东3号楼1单元"),
    ),
}


@pytest.mark.parametrize(("rows", "units"), ESTATES.values(), ids=ESTATES)
def test_buildings_of_one_name_in_several_estates_are_kept_apart(tmp_path, rows, units):
    """Else they were called, and looked for, as one."""
    intake = Intake()
    take(intake, workbook(tmp_path / "list.xlsx", rows), TODAY)
    keep_apart(intake)
    assert tuple(each.place.stairwell for each in intake.listed.values()) == units


def test_files_of_one_estate_that_differ_by_a_day_or_a_number_are_of_one_estate(tmp_path):
    intake = Intake()
    for name, number in (("2022年5月第1批幸福小区", A), ("附件2幸福小区名单", B), ("3.幸福小区", C)):
        take(intake, workbook(tmp_path / f"{name}.xlsx", [HEAD, [*TWO[0][:4], number, ""]]), TODAY)
    keep_apart(intake)
    assert {each.place.stairwell for each in intake.listed.values()} == {"3号楼2单元"}


def test_files_of_estates_without_buildings_are_kept_apart(tmp_path):
    intake = Intake()
    for name, number in (("幸福公寓", A), ("阳光公寓名单", B)):
        take(intake, workbook(tmp_path / f"{name}.xlsx", [HEAD, ["", *TWO[0][1:4], number, ""]]), TODAY)
    keep_apart(intake)
    assert [each.place.stairwell for each in intake.listed.values()] == ["幸福公寓2单元", "阳光公寓2单元"]


def test_estates_that_only_the_files_tell_are_kept_apart_and_each_may_have_its_point(tmp_path, call):
    files = [
        workbook(tmp_path / f"{name}.xlsx", [HEAD, [*TWO[0][:4], number, ""]])
        for name, number in (("幸福小区名单", A), ("阳光花园", B))
    ]
    _, out, _ = call("roster", "read", *files, "--json")
    assert json.loads(out)["apart"] == ["幸福小区3号楼", "阳光花园3号楼"]
    assert "不同小区有同名的楼，已分开：幸福小区3号楼、阳光花园3号楼" in call("roster", "read", *files)[1]
    (tmp_path / "points.csv").write_text("幸福小区3号楼,p-1\n阳光花园3号楼2单元,p-2\n", encoding="utf-8")
    where = read_points(tmp_path / "points.csv")
    intake = Intake()
    for file in files:
        take(intake, file, TODAY)
    keep_apart(intake)
    assert [where(each.place) for each in intake.listed.values()] == ["p-1", "p-2"]


def test_a_file_that_is_no_list_is_told_in_the_clerks_language(tmp_path, call):
    (tmp_path / "a.xls").write_bytes(b"x")
    for language, words in (("zh_CN", "不是 .xlsx 或 .csv：请另存为其中一种"), ("en", "is neither .xlsx nor .csv")):
        status, _, err = call("roster", "read", tmp_path / "a.xls", "--language", language)
        assert (status, words in err) == (1, True)
