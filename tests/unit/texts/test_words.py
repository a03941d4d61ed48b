"""Users' texts, slips and messages. decisions: Words"""

import re
from dataclasses import fields, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.layouts import Letterhead, lay_out
from kiosk.model import (
    Absent,
    Box,
    BoxState,
    CopyReason,
    Handover,
    Instant,
    JobKind,
    JobState,
    Mismatch,
    MissingList,
    Packed,
    Person,
    PrintJob,
    Purpose,
    Refusal,
    Roll,
    Sample,
    Shift,
    StaffAction,
    Stray,
    Subject,
    Tally,
    Totals,
    Tube,
    TubeSource,
    TubeState,
)
from kiosk.model import TubeState as State
from kiosk.model.acts import Act
from kiosk.ports import Barcode, Element, Pair, QrCode, Rule, Space, Text, columns
from kiosk.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[3]
AT = Instant("boot", 0, 1_653_000_000_000, True)
TUBE = Tube(1, "035200000104", TubeSource.PRINTED, 10, State.OPEN, 3, AT)
SAMPLE = Sample(7, Person(b"key", "测**", "**************0010"), 1, 10, 3, "V0352000000158", AT)
REFUSED = {Refusal.ALREADY_SAMPLED: 2, Refusal.PAPER_OUT: 11}
OTHERS = ("refused", "records")
"""Told by reason, and told to the authority alone."""
SHIFT = Shift(9, Totals(548, 56, 57, 548, 1, 7, REFUSED), TUBE, AT)
HEAD = Letterhead(
    "wy-0352-a",
    ZoneInfo("Asia/Shanghai"),
    Texts("zh_CN"),
    lambda sample: f"signed {sample.voucher}",
    lambda _: "signed manifest",
)


BOX = Box(9, "B035200000977", BoxState.OPEN, AT, 2, 13, seal="ABCDEFGHIJ1234")
MANY = replace(SHIFT, totals=replace(SHIFT.totals, refused=dict.fromkeys(Refusal, 99_999)))
SUBJECTS: dict[JobKind, Subject] = {
    JobKind.LABEL: TUBE,
    JobKind.VOUCHER: replace(SAMPLE, capacity=20, position=20, tube="035200000104"),
    JobKind.CLOSING: TUBE,
    JobKind.REPORT: MANY,
    JobKind.MANIFEST: Handover(3, BOX, (Packed(TUBE, 1), Packed(TUBE, 2)), AT),
    JobKind.TALLY: Tally(4, BOX, tuple(Stray("TB0000000001", why) for why in Mismatch), AT),
    JobKind.MISSING: MissingList(5, "", 64, 60, 2, (Absent("3号楼1单元", "1103", 11, "古**·*******"),), AT),
    JobKind.CALL_BACK: Roll(replace(TUBE, state=TubeState.VOID, filled=0), (SAMPLE, replace(SAMPLE, position=20))),
}


def words(elements: tuple[Element, ...]) -> list[str]:
    """What a reader sees, line by line; codes in brackets."""
    found = []
    for each in elements:
        match each:
            case Text(text):
                found.append(text)
            case Pair(left, right):
                found.append(f"{left.text} / {right.text}")
            case Barcode(digits):
                found.append(f"|{digits}|")
            case QrCode(data):
                found.append(f"[{data}]")
            case Rule():
                found.append("-")
    return found


def slip(subject: Subject, kind: JobKind, **changes: object) -> list[str]:
    job = replace(PrintJob(1, kind, "p", JobState.QUEUED, subject), **changes)  # type: ignore[arg-type]
    return words(lay_out(job, HEAD).elements)


def test_label():
    assert slip(TUBE, JobKind.LABEL) == ["10混1", "|035200000104|", "0352 000001 04", "wy-0352-a / 05-20 06:40"]


def test_label_with_a_building():
    """On a line of its own: 10混1 3号楼 was read as building 13."""
    found = slip(replace(TUBE, building="3号楼"), JobKind.LABEL)
    assert found == ["10混1", "3号楼", "|035200000104|", "0352 000001 04 / wy-0352-a 06:40"]


@pytest.mark.parametrize(("paper_mm", "time"), [(58, "06:40"), (80, "05-20 06:40")])
def test_a_copy_of_a_label_has_its_mark_in_the_place_of_a_line(paper_mm, time):
    job = PrintJob(1, JobKind.LABEL, "p", JobState.QUEUED, TUBE, 1, CopyReason.ASKED)
    assert words(lay_out(job, replace(HEAD, paper_mm=paper_mm)).elements) == [
        "补打 COPY 1（工作人员补打）",
        "10混1",
        "|035200000104|",
        f"0352 000001 04 / wy-0352-a {time}",
    ]


def test_voucher():
    assert slip(SAMPLE, JobKind.VOUCHER) == [
        "核酸已采样凭证",
        "姓  名  测**",
        "证  件  **************0010",
        "时  间  2022-05-20 06:40",
        "采样点  wy-0352-a",
        "采样管  10混1 第3位",
        "[signed V0352000000158]",
        "凭证号 V0352 0000001 58",
        "请妥善保管，凭此证明已采样",
    ]


def test_closing_slip():
    assert slip(replace(TUBE, building="3号楼"), JobKind.CLOSING) == [
        "封管单",
        "-",
        "10混1 / 3/10人",
        "|035200000104|",
        "0352 000001 04",
        "楼  栋  3号楼",
        "启  用  2022-05-20 06:40",
        "采样点  wy-0352-a",
        "封管人：________________________",
    ]


def test_closing_slip_of_a_suppliers_tube_with_letters():
    assert slip(replace(TUBE, code="TB0000000001"), JobKind.CLOSING)[3] == "TB0000000001"


def test_shift_report():
    assert slip(SHIFT, JobKind.REPORT) == [
        "班次统计单",
        "-",
        "采样点  wy-0352-a",
        "截  至  2022-05-20 06:40",
        "已采样 547 人",
        "-",
        "登记人次 / 548",
        "其中撤销 / 1",
        "免采登记 / 7",
        "启用管数 / 56",
        "打印标签 / 57",
        "打印凭证 / 548",
        "在用管 0352 000001 04 / 3/10人",
        "-",
        "未登记 / 13",
        "  打印机缺纸 / 11",
        "  本轮已采样 / 2",
        "负责人：________________________",
    ]


def test_manifest_counts_tubes_and_people_and_marks_what_is_too_old():
    old = replace(TUBE, id=2, code="035200000298", filled=10, at=replace(AT, wall_ms=AT.wall_ms - 241 * 60_000))
    aged = replace(old, at=replace(old.at, boot="before"))
    box = Box(9, "B035200000977", BoxState.HANDED_OVER, AT, 2, 13, bag=2, seal="S-1234")
    handover = Handover(3, box, (Packed(aged, 2), Packed(TUBE, 1)), AT)
    asked = replace(HEAD, asked_of_driver=("temperature",))
    slip = lay_out(PrintJob(1, JobKind.MANIFEST, "", JobState.QUEUED, handover, 1, CopyReason.SECOND), asked)
    assert words(slip.elements) == [
        "第二联",
        "样本交接单",
        "-",
        "采样点  wy-0352-a",
        "箱  号  B0352 000009 77",
        "封  签  S-1234",
        "时  间  2022-05-20 06:40",
        "2管 / 13人",
        "-",
        "第 1 袋",
        " 1 0352 000001 04 /  3人 0:00 ",
        "第 2 袋",
        " 2 0352 000002 98 / 10人 4:01!",
        "-",
        "！1 管已超过 240 分钟",
        "箱内温度：____________",
        "交样人：________________________",
        "收样人：________________________",
        "[signed manifest]",
        "收样处扫此码核对",
    ]


def test_a_building_on_the_manifest_does_not_run_into_the_code():
    """04 3号楼 would be read as building 43."""
    handover = Handover(3, BOX, (Packed(replace(TUBE, building="科技园东路十二栋"), 1),), AT)
    slip = lay_out(PrintJob(1, JobKind.MANIFEST, "", JobState.QUEUED, handover), replace(HEAD, paper_mm=80))
    assert " 1 0352 000001 04 (科技园东路十二栋) /  3人 0:00 " in words(slip.elements)
    row = next(each for each in slip.elements if isinstance(each, Pair) and "(" in each.left.text)
    room_for_ten_hours = 1
    assert columns(row.left.text) + 1 + columns(row.right.text) + room_for_ten_hours <= 48


def test_a_tally_names_every_tube_that_does_not_agree():
    box = Box(9, "B035200000977", BoxState.OPEN, AT, 2, 13)
    strays = (Stray("TB0000000001", Mismatch.UNKNOWN), Stray("035200000104", Mismatch.MISSING))
    slip = lay_out(PrintJob(1, JobKind.TALLY, "", JobState.QUEUED, Tally(4, box, strays, AT)), HEAD)
    assert words(slip.elements) == [
        "装箱核对单",
        "-",
        "采样点  wy-0352-a",
        "箱  号  B0352 000009 77",
        "时  间  2022-05-20 06:40",
        "箱内 2 管 13 人",
        "-",
        "TB000 00000 01 / □",
        "   未登记的管",
        "0352 000001 04 / □",
        "   未装箱",
    ]


def test_list_of_who_has_not_come_is_masked_and_has_boxes_to_tick():
    unit = "3号楼1单元"
    absent = (Absent(unit, "302", 3, "古**"), Absent(unit, "1103", 11, "测*"))
    missing = MissingList(5, unit, 64, 60, 2, absent, AT)
    assert slip(missing, JobKind.MISSING) == [
        "补检名单",
        "-",
        "3号楼1单元",
        "未采 2 人",
        "应采 64  已采 60  免采 2",
        "采样点  wy-0352-a",
        "时  间  2022-05-20 06:40",
        "-",
        "302     古** / □",
        "1103    测* / □",
        "补检人：________________________",
    ]


def test_a_long_flat_does_not_run_into_the_name():
    missing = MissingList(5, "", 1, 0, 0, (Absent("李家村", "东侧平房十二号", None, "古**"),), AT)
    assert "东侧平房十二号 古** / □" in slip(missing, JobKind.MISSING)
    missing = replace(missing, absent=(Absent("李家村", "3-2-1203A", None, "古**"),))
    assert "3-2-1203A 古** / □" in slip(missing, JobKind.MISSING)


def test_every_kind_of_slip_is_one_of_its_own():
    slips = {kind: tuple(slip(subject, kind)) for kind, subject in SUBJECTS.items()}
    assert set(slips) == set(JobKind)
    assert len(set(slips.values())) == len(JobKind)


def test_the_report_has_every_count():
    counts = {field.name: 700_000 + n for n, field in enumerate(fields(Totals)) if field.name not in OTHERS}
    found = slip(replace(SHIFT, totals=Totals(**counts)), JobKind.REPORT)  # type: ignore[arg-type]
    assert [name for name, n in counts.items() if not any(line.endswith(f" / {n}") for line in found)] == []


def test_the_report_tells_one_by_one_what_was_taken_back():
    act = Act(StaffAction.VOID, "V0352000000158", "C0017", SHIFT.at)
    assert slip(replace(SHIFT, taken_back=(act,)), JobKind.REPORT)[-3:-1] == [
        "  06:40 C0017 撤销/作废",
        "    V0352000000158",
    ]


def test_list_of_those_who_must_come_again_is_masked_and_has_boxes_to_tick():
    roll = Roll(replace(TUBE, state=TubeState.VOID, filled=0), (SAMPLE,))
    assert slip(roll, JobKind.CALL_BACK) == [
        "重新采样名单",
        "-",
        "采样管  0352 000001 04",
        "采样点  wy-0352-a",
        "1人",
        "以下人员须重新采样",
        "-",
        " 3 测** **************0010 / □",
        "   V0352 0000001 58",
        "通知人：________________________",
    ]


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"capacity": 5}, "5混1"), ({"purpose": Purpose.HOUSEHOLD, "capacity": 20}, "一户一管")],
)
def test_the_label_names_for_whom_the_tube_is(changes, name):
    assert slip(replace(TUBE, **changes), JobKind.LABEL)[0] == name


def test_a_copy_says_so_first():
    assert slip(SAMPLE, JobKind.VOUCHER, copy=2, reason=CopyReason.ASKED)[0] == "补打 COPY 2（工作人员补打）"


def test_a_time_that_no_clock_vouches_for_is_marked():
    assert "时  间  2022-05-20 06:40?" in slip(replace(SAMPLE, at=replace(AT, trusted=False)), JobKind.VOUCHER)


def test_single_tubes_are_named_so():
    assert slip(replace(TUBE, capacity=1), JobKind.LABEL)[0] == "单采单检"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper_mm", [58, 80])
def test_every_line_fits_the_paper_by_itself(language, paper_mm):
    """Only a long name or building may need a second line."""
    head = replace(HEAD, texts=Texts(language), paper_mm=paper_mm)
    for kind, subject in SUBJECTS.items():
        for copy, reason in ((0, None), *((12, reason) for reason in CopyReason)):
            job = PrintJob(1, kind, "p", JobState.QUEUED, subject, copy, reason)
            for element in lay_out(job, head).elements:
                parts = (element.left, element.right) if isinstance(element, Pair) else (element,)
                taken = sum(columns(part.text) * part.width for part in parts if isinstance(part, Text))
                assert taken + len(parts) - 1 <= head.columns, element


@pytest.mark.parametrize("building", ["", "3号楼", "科技园东路12"])
@pytest.mark.parametrize("copy", [0, 1])
def test_a_label_goes_round_a_tube_within_45_mm(building, copy):
    """Up to 20 mm lie between the head and the cutter; a line takes 30 dots, a larger one its height."""
    reason = CopyReason.ASKED if copy else None
    job = PrintJob(1, JobKind.LABEL, "p", JobState.QUEUED, replace(TUBE, building=building), copy, reason)
    dots = 20 * 8
    for element in lay_out(job, HEAD).elements:
        match element:
            case Text() | Pair():
                part = element.left if isinstance(element, Pair) else element
                dots += max(30, 24 * part.height)
            case Barcode(_, height, _):
                dots += height
            case Space(blank):
                dots += blank
    assert dots <= 45 * 8


def test_the_catalogues_have_the_same_keys_and_values():
    chinese, english = (Texts(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    for key in chinese.keys():  # noqa: SIM118 - a method of ours
        fields = [set(re.findall(r"{(\w+)}", texts._words[key])) for texts in (chinese, english)]  # noqa: SLF001
        assert fields[0] == fields[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_or_no_is_asked_for_in_words_that_hold_for_codes_and_for_buttons(language):
    """The same words stand on the panel, where codes are scanned, and on the page right beside its buttons."""
    texts = Texts(language)
    answer = re.compile("扫「[是否]」|scan (YES|NO)", re.IGNORECASE)
    assert [key for key in texts.keys() if answer.search(texts._words[key])] == []  # noqa: SLF001, SIM118


def test_devices_are_called_by_names_that_people_use():
    assert Texts("zh_CN").device("id-card") == "身份证阅读器"
    assert Texts("zh_CN").device("二号扫码枪") == "二号扫码枪"


MEANT = set("堃镕㛃𠮷")
"""What the doctor asks a printer for, to see what it lacks."""
MEANT_ENGLISH = {
    "xlsx",
    "csv",
    "Excel",
    "UTF",
    "GB",
    "MB",
    "start",
    "row",
    "sheet",
    "ASB",
    "COPY",
    "dry",
    "run",
    "Ctrl",
    "FILE",
    "GS",
    "KIOSK",
    "clashes",
    "check",
    "config",
    "export",
    "force",
    "kiosk",
} | {
    "missing",
    "mm",
    "roster",
    "stop",
    "sudo",
    "systemctl",
    "usb",
}
"""Commands, keys, units and marks."""
ONE_WORD_FOR_ONE_THING = {
    "班报": "班次统计",
    "二维码枪": "扫码枪",
    "试管": "采样管",
    "键盘口": "键盘模式",
    "条形码": "条码",
    "姓名条": "标签",
    "他处": "别处",
    "别的桌": "别台",
    "打印出来": "打出来",
    "无法验证": "不能核验",
    "已过有效期": "不在有效期",
    "成功灯": "登记灯",
    "稍候再": "稍后再",
    "切刀": "切纸刀",
    "脱机": "离线",
    "用尽": "用完",
    "被拒": "未能登记",
    "未校准": "未对时",
    "扫码器": "扫码枪",
    "卡口": "门岗",
    "更新的": "较新的",
    "稍候重新": "稍后重新",
}
"""What is not said, and what is. 稍候 is to wait; 稍后 is to do something later; 更新的 is
newer, or renewed."""
NO_ACT = {"联机", "核酸采样", "堃镕", "㛃𠮷"}
"""A printer's button, and what the calibration slip has."""
GIVEN = {"打出来了吗", "此工作码已作废"}
"""What the guide quotes from questions and refusals."""
CHINESE_GUIDES = ("README.zh.md", "docs/at-the-table.zh.md", "docs/district.zh.md", "docs/orders.zh.md")
FIELD = re.compile(r"\{[a-z_]*\}")
CHINESE = Texts("zh_CN")


def chinese(prefix: str = "") -> list[tuple[str, str]]:
    return [(key, CHINESE._words[key]) for key in sorted(CHINESE.keys()) if key.startswith(prefix)]  # noqa: SLF001


def test_every_printer_has_the_characters_of_every_text():
    for key, text in chinese():
        others = [each for each in text if ord(each) > 127 and not each.encode("gb2312", "ignore")]
        assert set(others) <= MEANT, key


def says_both(text: str, stops: str, remedy: str) -> bool:
    """A clause that tells, and one that asks for something."""
    asks = {bool(re.search(remedy, clause)) for clause in re.split(stops, text) if clause.strip()}
    return asks == {True, False}


def test_every_refusal_says_what_happened_and_what_to_do():
    refused = chinese("notice.refused.")
    assert {key.removeprefix("notice.refused.") for key, _ in refused} == {*Refusal}
    assert [key for key, text in refused if not says_both(text, "[，。：；]", "请|扫「")] == []


def test_a_remedy_alone_is_no_refusal():
    assert not says_both("请先扫自己的工牌", "[，。：；]", "请|扫「")
    assert not says_both("此箱已满", "[，。：；]", "请|扫「")
    assert says_both("此箱已满：请扫「封箱」", "[，。：；]", "请|扫「")


def test_every_refusal_tells_readers_of_english_both_too():
    english = Texts("en")._words  # noqa: SLF001
    refused = {reason: english[f"notice.refused.{reason}"] for reason in Refusal}
    assert [reason for reason, text in refused.items() if len(re.split("[:.,] ", text)) < 2] == []


def test_a_device_that_is_away_is_told_with_what_to_do():
    kept = "已登记的数据不会丢失|登记照常|照常登记"
    for key in ("device-gone", "device-busy", "device-stuck", "centre-gone", "name-taken"):
        assert re.search(kept, CHINESE._words[f"notice.{key}"]), key  # noqa: SLF001


def test_every_code_that_a_text_names_is_one_of_the_sheet():
    acts = {text for _, text in chinese("action.")}
    for key, text in chinese():
        assert set(re.findall("「(.+?)」", text)) <= acts | NO_ACT, key


def test_every_code_that_english_names_is_one_of_the_sheet():
    english = Texts("en")
    texts = {key: english._words[key] for key in english.keys() if key.startswith("notice.")}  # noqa: SIM118, SLF001
    acts = {english.say(f"action.{act}") for act in StaffAction}
    for key, text in texts.items():
        named = {each.strip() for each in re.findall(r"\b[A-Z]{2,}(?: [A-Z]{2,})*\b", FIELD.sub("", text))}
        assert named <= acts | {"ID"}, key


def test_the_guide_names_codes_and_things_as_the_kiosk_does():
    guide = (ROOT / "docs/at-the-table.zh.md").read_text()
    acts = {text for _, text in chinese("action.")}
    assert set(re.findall("「(.+?)」", guide)) <= acts | GIVEN
    assert [given for given in GIVEN if not any(given in text for _, text in chinese("notice."))] == []
    for file in (*CHINESE_GUIDES, "firmware_config/kiosk.toml"):
        assert [wrong for wrong in ONE_WORD_FOR_ONE_THING if wrong in (ROOT / file).read_text()] == [], file


def test_chinese_has_its_own_commas():
    half = re.compile(r"[\u4e00-\u9fff」][,;:?!()]|[,;:?!()][\u4e00-\u9fff「]")
    assert [key for key, text in chinese() if half.search(FIELD.sub("", text))] == []


def test_what_staff_ask_for_is_not_put_into_the_residents_mouth():
    """本人 is whoever reads it: on a copy that staff wanted it said that the resident had."""
    asked = (*chinese("paper.reason."), *chinese("notice."), *chinese("action."), *chinese("refusal."))
    assert [key for key, text in asked if "本人" in text] == []


def test_no_english_is_left_in_a_chinese_sentence():
    for key, text in chinese():
        words = re.findall("[A-Za-z]{2,}", FIELD.sub("", text))
        assert set(words) <= MEANT_ENGLISH, key


def test_one_thing_has_one_name():
    for key, text in chinese():
        assert [wrong for wrong in ONE_WORD_FOR_ONE_THING if wrong in text] == [], key


def test_no_figure_on_a_slip_runs_into_how_many_or_which_building():
    """10混1 3号楼 was read as building 13, and 04 10混1 as 410."""
    tube = replace(TUBE, building="3号楼")
    slips = {**SUBJECTS, JobKind.LABEL: tube, JobKind.CLOSING: tube}
    handover = Handover(3, BOX, (Packed(tube, 1),), AT)
    for paper_mm in (58, 80):
        for kind, subject in {**slips, JobKind.MANIFEST: handover}.items():
            job = PrintJob(1, kind, "p", JobState.QUEUED, subject, 1, CopyReason.ASKED)
            lines = words(lay_out(job, replace(HEAD, paper_mm=paper_mm)).elements)
            assert [line for line in lines if re.search("[0-9] +[0-9]+(混|号楼)", line)] == [], kind


def test_whoever_came_by_a_health_code_has_no_document_on_the_voucher():
    by_code = replace(SAMPLE, person=Person(b"key", "", "**************8F2Q"), tube="035200000104")
    assert slip(by_code, JobKind.VOUCHER)[1:5] == [
        "证件/码 **************8F2Q",
        "时  间  2022-05-20 06:40",
        "采样点  wy-0352-a",
        "采样管  10混1第3位 035200000104",
    ]
