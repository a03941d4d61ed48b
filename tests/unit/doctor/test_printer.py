"""What the doctor makes of a printer: its facts and its calibration slip to its table."""

import re
import tomllib

import pytest

from kiosk.config import ConfigError, PrinterTable, typed
from kiosk.doctor.printer import Trial, Unfit, chosen_printer, profile, table_of_line, table_text, unfit
from kiosk.ports import PrinterFacts, PrinterState
from kiosk.texts import LANGUAGES, Texts

ANSWERS = PrinterState(known=True)
CHINESE = {Trial.GB2312, Trial.GBK}
PICTURES = {Trial.RASTER, Trial.COLUMNS}
CODES = {Trial.BARCODE, Trial.QR}
KIOSK = {
    "point": {"region": "wy", "round": "r01", "point": "wy-0352", "kiosk": "a"},
    "tubes": {"block": "0352"},
    "scanner": [{"kind": "id-card", "port": "/dev/kiosk/id-card"}],
}


def found(facts: PrinterFacts, right: set[Trial]) -> dict[str, object]:
    return {finding.key: finding.value for finding in profile(facts, right)}


@pytest.mark.parametrize(
    ("facts", "right", "table"),
    [
        pytest.param(
            PrinterFacts(ANSWERS, asb=True, process_id=True, fence=True, font="CHINA GB18030"),
            CHINESE | {Trial.GB18030} | CODES | PICTURES | {Trial.WIDE, Trial.MIDDLE, Trial.CUT},
            {
                "paper_mm": 80,
                "charset": "gb18030",
                "barcode": "native",
                "qr": "native",
                "cut": "native",
                "confirm": "process-id",
            },
            id="a new Epson of 80 mm",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, asb=True, fence=True, maker="EPOSN", model="TM-T88V", font="CHINA GB18030"),
            CHINESE | CODES | PICTURES,
            {"paper_mm": 58, "charset": "gbk", "barcode": "native", "qr": "native", "cut": "none", "confirm": "fence"},
            id="a clone that calls itself an Epson and has no four-byte characters",
        ),
        pytest.param(
            PrinterFacts(ANSWERS),
            {Trial.GB2312, Trial.BARCODE} | PICTURES,
            {
                "paper_mm": 58,
                "charset": "gb2312",
                "barcode": "native",
                "qr": "raster",
                "cut": "none",
                "confirm": "status",
            },
            id="an old one that only answers DLE EOT",
        ),
        pytest.param(
            PrinterFacts(),
            CHINESE | PICTURES,
            {"paper_mm": 58, "charset": "gbk", "barcode": "raster", "qr": "raster", "cut": "none", "confirm": "none"},
            id="a mute one that draws nothing by itself",
        ),
        pytest.param(
            PrinterFacts(process_id=True, fence=True),
            CHINESE | CODES | PICTURES,
            {"paper_mm": 58, "charset": "gbk", "barcode": "native", "qr": "native", "cut": "none", "confirm": "none"},
            id="one that proves slips and never tells its state",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, fence=True),
            CODES | PICTURES,
            {
                "paper_mm": 58,
                "charset": "ascii",
                "barcode": "native",
                "qr": "native",
                "cut": "none",
                "confirm": "fence",
            },
            id="one for export, without Chinese",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, fence=True),
            CHINESE | CODES | {Trial.RASTER},
            {
                "paper_mm": 58,
                "charset": "gbk",
                "barcode": "native",
                "qr": "native",
                "cut": "none",
                "confirm": "fence",
                "fonts": [],
            },
            id="one without column images",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, fence=True),
            {Trial.GB2312, Trial.GB18030} | CODES | PICTURES,
            {
                "paper_mm": 58,
                "charset": "gb2312",
                "barcode": "native",
                "qr": "native",
                "cut": "none",
                "confirm": "fence",
            },
            id="one whose four-byte line looked right by mistake",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, fence=True),
            CHINESE | CODES | PICTURES | {Trial.MIDDLE},
            {
                "paper_mm": 80,
                "columns": 42,
                "charset": "gbk",
                "barcode": "native",
                "qr": "native",
                "cut": "none",
                "confirm": "fence",
            },
            id="one of 80 mm and 42 columns, without a cutter",
        ),
        pytest.param(
            PrinterFacts(ANSWERS, fence=True),
            CHINESE | CODES | PICTURES | {Trial.WIDE, Trial.CUT},
            {
                "paper_mm": 80,
                "charset": "gbk",
                "barcode": "native",
                "qr": "native",
                "cut": "native",
                "confirm": "fence",
            },
            id="one whose 42 columns were called broken by mistake: 48 stand",
        ),
    ],
)
def test_a_printer_gets_the_profile_that_its_slip_shows(facts, right, table):
    assert found(facts, right) == table
    assert unfit(right) == ()


@pytest.mark.parametrize(
    ("right", "problems"),
    [
        (CHINESE | CODES, ()),
        (CHINESE | {Trial.BARCODE, Trial.COLUMNS}, (Unfit.CODES,)),
        (CHINESE | {Trial.QR}, (Unfit.CODES,)),
        ({Trial.RASTER}, (Unfit.CHINESE,)),
        (CODES | {Trial.COLUMNS}, (Unfit.CHINESE,)),
        (set(), (Unfit.CODES, Unfit.CHINESE)),
    ],
)
def test_a_printer_that_can_show_no_code_or_no_chinese_is_unfit(right, problems):
    assert unfit(right) == problems


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("serial:/dev/ttyUSB0:9600", {"kind": "serial", "port": "/dev/ttyUSB0", "baud": 9600}),
        ("serial:/dev/ttyS0", {"kind": "serial", "port": "/dev/ttyS0", "baud": 115200}),
        (
            "serial:/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0:19200",
            {"kind": "serial", "port": "/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0-port0", "baud": 19200},
        ),
        ("usb:/dev/usb/lp1", {"kind": "usb", "device": "/dev/usb/lp1"}),
        ("tcp:192.168.1.50:9100", {"kind": "tcp", "host": "192.168.1.50", "port": 9100}),
        ("tcp:printer.local", {"kind": "tcp", "host": "printer.local", "port": 9100}),
        ("tcp:[fe80::1]:9101", {"kind": "tcp", "host": "fe80::1", "port": 9101}),
    ],
)
def test_a_line_says_how_the_printer_is_reached(line, table):
    dumped = table_of_line(line).model_dump()
    assert {key: dumped[key] for key in table} == table


@pytest.mark.parametrize("line", ["", "usb", "usb:", "lpt:/dev/lp0", "serial:/dev/ttyS0:50", "tcp:host:99999"])
def test_a_line_that_means_nothing_is_refused(line):
    with pytest.raises(ValueError, match=r".*"):
        table_of_line(line)


def reasons(findings, language="en"):
    texts = Texts(language)
    return {finding.why: texts.say(f"doctor.why.{finding.why}") for finding in findings}


def test_the_table_is_shown_with_a_reason_for_each_key():
    findings = profile(PrinterFacts(ANSWERS, process_id=True), CHINESE | CODES | {Trial.RASTER})
    assert table_text(table_of_line("serial:/dev/ttyUSB0:9600"), findings, reasons(findings)) == (
        "[[printer]]\n"
        'kind = "serial"\n'
        'name = "printer"\n'
        'prints = ["label", "voucher"]\n'
        'profile = "default"\n'
        'port = "/dev/ttyUSB0"\n'
        "baud = 9600\n"
        'flow = "none"\n'
        "paper_mm = 58           # 8, 9: neither 48 nor 42 columns stand on one line\n"
        'charset = "gbk"         # 1 and 2 are right, 3 is not\n'
        'barcode = "native"      # 4 is right: the printer draws barcodes\n'
        'qr = "native"           # 5 is right: the printer draws QR codes\n'
        'cut = "none"            # 10: no cutter, the kiosk feeds each slip so far that it can be torn off\n'
        'confirm = "process-id"  # it proves each slip by its process ID\n'
        "fonts = []              # 6 or 7 failed: a mark stands for a character that the printer lacks\n"
    )


def configured(**printer: object) -> PrinterTable:
    return typed({**KIOSK, "printer": [printer]}, "test").printer[0]


def test_a_printer_of_the_file_keeps_its_line_its_name_and_its_fonts():
    table = configured(kind="tcp", name='窗口 "a"', host="10.0.0.9", fonts=["/x/han.ttf"], paper_mm=80, qr="raster")
    findings = profile(PrinterFacts(), CHINESE | CODES | PICTURES)
    again = configured(**tomllib.loads(table_text(table, findings, reasons(findings, "zh_CN")))["printer"][0])
    changes = {"paper_mm": 58, "confirm": "none", "barcode": "native", "qr": "native", "cut": "none"}
    assert again == table.model_copy(update=changes)


def test_fonts_that_an_earlier_doctor_took_away_come_back():
    findings = profile(PrinterFacts(), CHINESE | CODES | PICTURES)
    text = table_text(configured(kind="usb", fonts=[]), findings, reasons(findings))
    assert "fonts" not in tomllib.loads(text)["printer"][0]


@pytest.mark.parametrize(
    ("right", "given", "columns"),
    [
        pytest.param({Trial.WIDE, Trial.MIDDLE}, 42, None, id="a roll of 48 columns"),
        pytest.param(set(), 42, None, id="a roll of 58 mm"),
        pytest.param({Trial.MIDDLE}, 64, 42, id="42 stand"),
        pytest.param(set(), 30, 30, id="fewer than any ruler has, by hand"),
    ],
)
def test_columns_are_those_of_the_newest_slip(right, given, columns):
    findings = profile(PrinterFacts(), CHINESE | CODES | PICTURES | right)
    text = table_text(configured(kind="usb", columns=given), findings, reasons(findings))
    assert configured(**tomllib.loads(text)["printer"][0]).columns == columns


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("right", [set(), set(Trial), {Trial.MIDDLE}, CHINESE | CODES])
def test_every_finding_has_its_reason(language, right):
    assert all(reasons(profile(PrinterFacts(), right), language).values())


@pytest.mark.parametrize(("name", "chosen"), [("a", "a"), ("b", "b"), ("c", None), ("", None)])
def test_a_printer_is_chosen_by_its_name(name, chosen):
    printers = [{"kind": "usb", "name": "a"}, {"kind": "usb", "name": "b", "device": "/dev/usb/lp1"}]
    config = typed({**KIOSK, "printer": printers}, "test")
    if chosen is None:
        with pytest.raises(ConfigError, match="Name one of a, b"):
            chosen_printer(config, name)
    else:
        assert chosen_printer(config, name).name == chosen


def test_the_only_printer_needs_no_name():
    config = typed({**KIOSK, "printer": [{"kind": "usb", "name": "a"}]}, "test")
    assert chosen_printer(config, "").name == "a"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trial_has_its_question_in_the_slips_order(language):
    texts = Texts(language)
    questions = [texts.say(f"doctor.question.{trial}") for trial in Trial]
    numbers = [int(found[0]) for question in questions if (found := re.search(r"\d+", question))]
    assert numbers == list(range(1, 11))
