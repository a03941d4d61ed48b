"""Users' texts, slips and messages."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from kiosk.layouts import Letterhead, lay_out
from kiosk.model import CopyReason, Instant, JobKind, JobState, Person, PrintJob, Refusal, Sample, Tube, TubeSource
from kiosk.model import TubeState as State
from kiosk.ports import Barcode, QrCode, Text
from kiosk.texts import LANGUAGES, Texts

AT = Instant("boot", 0, 1_653_000_000_000, True)
TUBE = Tube(1, "035200000104", TubeSource.PRINTED, 10, State.OPEN, 3, AT)
SAMPLE = Sample(7, Person(b"key", "测**", "**************0010"), 1, 10, 3, "V0352000000158", AT)
HEAD = Letterhead("wy-0352-a", ZoneInfo("Asia/Shanghai"), Texts("zh_CN"))


def slip(subject: Tube | Sample, **changes: object) -> list[str]:
    kind = JobKind.LABEL if isinstance(subject, Tube) else JobKind.VOUCHER
    job = replace(PrintJob(1, kind, "p", JobState.QUEUED, subject), **changes)  # type: ignore[arg-type]
    elements = lay_out(job, HEAD).elements
    words = {Text: lambda e: e.text, Barcode: lambda e: f"|{e.digits}|", QrCode: lambda e: f"[{e.data}]"}
    return [words[type(each)](each) for each in elements if type(each) in words]


def test_label():
    assert slip(TUBE) == ["10混1", "|035200000104|", "0352 000001 04", "wy-0352-a 05-20 06:40"]


def test_voucher():
    assert slip(SAMPLE) == [
        "核酸已采样凭证",
        "姓  名  测**",
        "证  件  **************0010",
        "时  间  2022-05-20 06:40",
        "采样点  wy-0352-a",
        "采样管  10混1 第3位",
        "[V0352000000158]",
        "凭证号 V0352000000158",
        "请妥善保管，凭此证明已采样",
    ]


def test_a_copy_says_so_first():
    assert slip(SAMPLE, copy=2, reason=CopyReason.ASKED)[0] == "补打 COPY 2（本人要求）"


def test_a_time_that_no_clock_vouches_for_is_marked():
    assert slip(replace(SAMPLE, at=replace(AT, trusted=False)))[3] == "时  间  2022-05-20 06:40?"


def test_single_tubes_are_named_so():
    assert slip(replace(TUBE, capacity=1))[0] == "单采单检"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_fits_58_mm(language):
    head = replace(HEAD, texts=Texts(language))
    for subject, kind in ((TUBE, JobKind.LABEL), (SAMPLE, JobKind.VOUCHER)):
        for copy, reason in ((0, None), (12, CopyReason.DID_NOT_COME_OUT)):
            job = PrintJob(1, kind, "p", JobState.QUEUED, subject, copy, reason)
            for line in (each for each in lay_out(job, head).elements if isinstance(each, Text)):
                columns = sum(1 if ord(character) < 0x80 else 2 for character in line.text) * line.width
                assert columns <= 32, line.text


def test_the_catalogues_have_the_same_keys_and_values():
    chinese, english = (Texts(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys()
    for key in chinese.keys():  # noqa: SIM118 - a method of ours
        fields = [set(re.findall(r"{(\w+)}", texts._words[key])) for texts in (chinese, english)]  # noqa: SLF001
        assert fields[0] == fields[1], key


def test_every_refusal_has_its_words():
    for language in LANGUAGES:
        assert {f"notice.refused.{reason}" for reason in Refusal} <= Texts(language).keys()


def test_devices_are_called_by_names_that_people_use():
    assert Texts("zh_CN").device("id-card") == "身份证阅读器"
    assert Texts("zh_CN").device("二号扫码枪") == "二号扫码枪"
