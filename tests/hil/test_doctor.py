"""`kiosk doctor --printer`, in virtual time and as a process: the test is the volunteer, who answers by the paper."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

import pytest
import zxingcpp
from PIL import Image
from printer_rig import Drawn, RealTime, VirtualTime, wait_for

from drivers.escpos.abilities import Abilities
from drivers.escpos.encoder import SlipEncoder
from drivers.escpos.printer import Confirm, EscposPrinter
from drivers.escpos.probe import EscposProbe
from drivers.printer_line import Line, SerialLine, UsbLine, Wire
from drivers.tcp_line import TcpLine
from kiosk.cli import main
from kiosk.ports import COLUMNS, Document, PrintOutcome, QrCode, Rule, Text
from kiosk.virtual.printer import PrinterSettings, Slip, VirtualPrinter, parser
from kiosk.virtual.printer.buttons import Buttons
from kiosk.virtual.printer.commands import Unknown
from kiosk.virtual.wire import PtyWire, TcpWire
from still_printer import StillWire

CROSS = (
    "11111111",
    "11000011",
    "10100101",
    "10011001",
    "10011001",
    "10100101",
    "11000011",
    "11111111",
)
MIDDLE = b"9<---------------- 80 mm, 42 ------------>"
LAST = b"10 GS V"
WIDE = b"8<------------------- 80 mm, 48 --------------->"
KIOSK = """
[point]
region = "wy"
round = "r01"
point = "wy-0352"
kiosk = "a"
language = "{language}"
[tubes]
block = "0352"
[state]
directory = "{state}"
[[scanner]]
kind = "id-card"
port = "/dev/kiosk/id-card"
"""


@dataclass
class Far:
    """A printer of the doctor's; `time` is virtual where `wire` is still."""

    printer: Buttons
    line: str
    slips: Sequence[Slip]
    time: RealTime | VirtualTime
    wire: StillWire | None = None

    def calibration(self):
        """The newest slip that came out whole."""
        return [slip for slip in self.slips if slip.lines and slip.lines[-1] == LAST][-1]

    def driver_of(self, table):
        """The driver as the written table configures it."""
        lines: dict[str, Callable[[], Line]] = {
            "serial": lambda: SerialLine(table["port"], table["baud"]),
            "usb": lambda: UsbLine(table["device"]),
            "tcp": lambda: TcpLine(table["host"], table["port"]),
        }
        native = [table[code] == "native" for code in ("barcode", "qr")]
        own = {"cuts": table["cut"] == "native", "own_columns": table.get("columns")}
        encoder = SlipEncoder(Abilities(table["paper_mm"], table["charset"], *native, **own))
        wire = self.wire or Wire(lines[table["kind"]]())
        return EscposPrinter(wire, encoder, Confirm(table["confirm"]))

    def wait_for(self, condition, seconds=20.0):
        return wait_for(self.time, condition, seconds)


@pytest.fixture
def make_far(rig, monkeypatch):
    """A printer in virtual time, which the doctor finds in this process whatever line it is told."""

    def make(kind="tcp", **settings):
        baud = 115200 if kind == "serial" else None
        far = PrinterSettings(**{"baud": baud, "head_mm_s": 600.0, **settings})
        wire = StillWire(kind, far.byte_s if kind == "serial" else 0.0, far)
        monkeypatch.setattr("kiosk.app.printer_probe", lambda _: EscposProbe(wire))
        line = {"serial": f"serial:/dev/still:{far.baud}", "usb": "usb:/dev/still", "tcp": "tcp:127.0.0.1:9100"}[kind]
        return Far(wire.printer, line, Drawn(wire.printer), VirtualTime(wire), wire)

    return make


@pytest.fixture
def make_real_far(rig, wires):
    """A printer on a line of the kernel, for the doctor as a process of its own."""
    with ExitStack() as exits:

        def make(kind="tcp", **settings):
            slips: list[Slip] = []
            wire = TcpWire() if kind == "tcp" else PtyWire(wires / "printer")
            baud = 115200 if kind == "serial" else None
            far = PrinterSettings(**{"baud": baud, "head_mm_s": 600.0, **settings})
            printer = exits.enter_context(VirtualPrinter(wire, far, slips.append))
            where = f"127.0.0.1:{wire.port}" if isinstance(wire, TcpWire) else str(wire.link)
            line = f"{kind}:{where}" + (f":{far.baud}" if kind == "serial" else "")
            return Far(printer, line, slips, RealTime())

        yield make


def kiosk(*arguments):
    return [sys.executable, "-m", "kiosk", *map(str, arguments)]


@contextmanager
def doctor(*arguments):
    """The command as a process."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = kiosk("doctor", "--printer", *arguments)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def answered(far, typed, *arguments, hand=None, name=()):
    """The command in this process: status, output, errors. `typed` is what the volunteer types, or looks at the slip
    for it when the first question comes; `hand(shown)` is what is done to the printer meanwhile."""
    lines = iter(())

    def answer(question):
        nonlocal lines, typed
        if typed is not None:
            lines, typed = iter((typed() if callable(typed) else typed).splitlines()), None
        sys.stdout.write(question)
        line = next(lines, None)
        if line is None:
            raise EOFError
        return line

    out, errors = StringIO(), StringIO()
    shown = out.getvalue
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(errors):
        patch.setattr("builtins.input", answer)
        status = far.time.meanwhile(
            iter(()) if hand is None else hand(shown),
            lambda: main(["doctor", "--printer", *name, *map(str, ("--line", far.line, *arguments))]),
        )
    return status, out.getvalue(), errors.getvalue()


def says(shown, beginning):
    return any(line.startswith(beginning) for line in shown().splitlines())


def consult(far, *arguments):
    """The whole set-up; the volunteer looks at the slip when it is out."""
    return answered(far, lambda: what_is_seen(far), *arguments)


def consult_process(far, *arguments):
    with doctor("--line", far.line, *arguments) as process:
        assert far.wait_for(lambda: far.slips), process.stderr.read()
        out, errors = process.communicate(what_is_seen(far), timeout=30)
    return process.returncode, out, errors


def what_is_seen(far):
    """What the volunteer types. Where there is no cutter it is a hand that parts the slip."""
    right = (*seen(far.calibration()), far.printer.settings.cutter)
    return "y\n" + "".join(f"{'y' if each else 'n'}\n" for each in right)


def seen(slip):
    """What the volunteer sees of each of the trials but the cut."""
    image = slip.image.convert("L")
    codes = {code.text for code in zxingcpp.read_barcodes(image)}
    return (
        "1 核酸采样 .".encode("gbk") in slip.lines,
        "2 堃镕 .".encode("gbk") in slip.lines,
        two_characters(image, 2),
        "484950515253" in codes,
        "KIOSK" in codes,
        shows_cross(slip.image, 0, 16),
        all(shows_cross(slip.image, x, 3) for x in (24, 60, 96)),
        WIDE in slip.lines,
        MIDDLE in slip.lines,
    )


def two_characters(image, number):
    """A four-byte character that the ROM lacks comes out as two boxes: the dot stands farther to the right."""
    top, bottom = text_rows(image)[number]
    right = image.crop((0, top, image.width, bottom)).point(lambda level: 255 - level).getbbox()[2]
    return right <= 24 + 2 * 24 + 2 * 12


def text_rows(image):
    """First and last row of each line of ink; between two lines of text at least four rows are white."""
    inked = [y for y in range(image.height) if image.crop((0, y, image.width, y + 1)).getextrema()[0] == 0]
    rows = [[inked[0], inked[0] + 1]]
    for y in inked[1:]:
        if y - rows[-1][1] >= 4:
            rows.append([y, y + 1])
        rows[-1][1] = y + 1
    return rows


def shows_cross(image, x, size):
    side = size * len(CROSS)
    cross = Image.new("1", (len(CROSS), len(CROSS)))
    cross.putdata([0 if dot == "1" else 255 for row in CROSS for dot in row])
    wanted = cross.resize((side, side)).tobytes()
    tops = range(image.height - side + 1)
    return any(image.crop((x, y, x + side, y + side)).tobytes() == wanted for y in tops)


def voucher(far, table):
    """Prints a voucher by the written profile, its rule across the paper; what became of it, and the codes on it."""
    driver, before = far.driver_of(table), len(far.slips)
    driver.open(False)
    slip = Document("voucher", (Text("核酸已采样凭证", 2, 2), Text("姓名 堃镕"), Rule(), QrCode("V0352000000158", 6)))
    report = driver.print([slip], lambda _: None)
    driver.close()
    if table["cut"] == "none":
        assert far.wait_for(lambda: far.printer.at_rest)
        assert len(far.slips) == before
        far.printer.tear()

    def codes():
        images = [each.image.convert("L") for each in far.slips[before:]]
        return [code.text for image in images for code in zxingcpp.read_barcodes(image)]

    assert far.wait_for(codes)
    rules = [line for slip in far.slips[before:] for line in slip.lines if set(line) == set("─".encode("gbk"))]
    assert [len(rule) for rule in rules] == [table.get("columns", COLUMNS[table["paper_mm"]])]
    return report.outcomes, codes()


def without(monkeypatch, *commands):
    """A model that takes these commands for text."""
    for command in commands:
        monkeypatch.delitem(vars(parser)["_VARIABLE"], command)


def without_blocks(monkeypatch):
    """A model that knows no GS ( at all: neither QR nor process ID."""

    def unknown(self, name):
        vars(self)["_found"] = Unknown(name)
        return
        yield

    monkeypatch.setattr(parser.Parser, "_block", unknown)


FULL = {"asb": True, "process_id": True, "charset": "gb18030", "maker": "EPSON", "model": "TM-T82", "serial": "SN4711"}
CLONE = {"asb": False, "process_id": False}


@pytest.mark.parametrize(
    ("kind", "settings", "profile", "outcome"),
    [
        pytest.param("serial", FULL, (58, "gb18030", "process-id"), PrintOutcome.CONFIRMED, id="full"),
        pytest.param("tcp", CLONE, (58, "gbk", "fence"), PrintOutcome.CONFIRMED, id="clone"),
        pytest.param("usb", {"answers": False}, (58, "gbk", "none"), PrintOutcome.UNKNOWABLE, id="one-way"),
        pytest.param(
            "serial",
            {"paper_mm": 80, "cutter": True, "chinese_at_start": False, "baud": 19200},
            (80, "gbk", "process-id"),
            PrintOutcome.CONFIRMED,
            id="80-mm",
        ),
        pytest.param(
            "usb",
            {"paper_mm": 80, "dots": 512, "cutter": False},
            (80, "gbk", "process-id"),
            PrintOutcome.CONFIRMED,
            id="42-columns",
        ),
    ],
)
def test_a_printer_gets_its_profile_and_prints_with_it(make_far, tmp_path, kind, settings, profile, outcome):
    far = make_far(kind, **settings)
    out = tmp_path / "printer.toml"
    status, shown, errors = consult(far, "--out", out, "--language", "en")
    assert (status, errors) == (0, "")
    table = tomllib.loads(out.read_text(encoding="utf-8"))["printer"][0]
    assert (table["paper_mm"], table["charset"], table["confirm"]) == profile
    assert (table["barcode"], table["qr"], table["kind"]) == ("native", "native", kind)
    assert table["cut"] == ("native" if settings.get("cutter") else "none")
    assert table.get("columns") == (42 if settings.get("dots") == 512 else None)
    assert out.read_text(encoding="utf-8") in shown
    config = tmp_path / "kiosk.toml"
    config.write_text(KIOSK.format(language="en", state=tmp_path) + out.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["check", "--config", str(config)]) == 0
    assert voucher(far, table) == ((outcome,), ["V0352000000158"])


def test_the_command_gives_a_printer_its_profile(make_real_far, tmp_path):
    far = make_real_far("serial", **FULL)
    out = tmp_path / "printer.toml"
    status, shown, errors = consult_process(far, "--out", out, "--language", "en")
    assert (status, errors) == (0, "")
    table = tomllib.loads(out.read_text(encoding="utf-8"))["printer"][0]
    assert (table["paper_mm"], table["charset"], table["confirm"]) == (58, "gb18030", "process-id")
    assert out.read_text(encoding="utf-8") in shown
    config = tmp_path / "kiosk.toml"
    config.write_text(KIOSK.format(language="en", state=tmp_path) + out.read_text(encoding="utf-8"), encoding="utf-8")
    assert subprocess.run(kiosk("check", "--config", config), capture_output=True).returncode == 0
    assert voucher(far, table) == ((PrintOutcome.CONFIRMED,), ["V0352000000158"])


def test_what_the_printer_says_is_shown_and_its_serial_number_is_kept_nowhere(make_far, tmp_path):
    far = make_far("serial", **FULL)
    out = tmp_path / "printer.toml"
    _, shown, errors = consult(far, "--out", out, "--language", "en")
    for line in ("State: ready", "Serial number: SN4711", "Calls its model: TM-T82 (the same)"):
        assert line in shown
    assert "Says of its characters: CHINA GB18030" in shown
    assert "SN4711" not in out.read_text(encoding="utf-8") + errors


def test_a_model_without_codes_gets_them_drawn_and_its_rubbish_stays_on_its_lines(make_far, tmp_path, monkeypatch):
    without(monkeypatch, b"\x1dk")
    without_blocks(monkeypatch)
    far = make_far("tcp", asb=False)
    out = tmp_path / "printer.toml"
    assert consult(far, "--out", out)[0] == 0
    table = tomllib.loads(out.read_text(encoding="utf-8"))["printer"][0]
    assert (table["barcode"], table["qr"], table["confirm"], table["charset"]) == ("raster", "raster", "fence", "gbk")
    assert seen(far.calibration()) == (True, True, False, False, False, True, True, False, False)
    assert voucher(far, table) == ((PrintOutcome.CONFIRMED,), ["V0352000000158"])


def test_a_model_without_any_picture_is_refused_and_its_rubbish_stays_on_its_lines(make_far, tmp_path, monkeypatch):
    without(monkeypatch, b"\x1dk", b"\x1dv", b"\x1b*")
    without_blocks(monkeypatch)
    far = make_far("tcp")
    out = tmp_path / "printer.toml"
    status, shown, _ = consult(far, "--out", out, "--language", "en")
    assert status == 1
    assert "cannot be used for codes" in shown
    assert not out.exists()
    assert len(far.slips) == 1
    assert seen(far.calibration()) == (True, True, False, False, False, False, False, False, False)


def test_a_model_without_a_cut_is_torn_by_hand_and_its_slips_are_fed_for_that(make_far, tmp_path, monkeypatch):
    without(monkeypatch, b"\x1dV")
    far = make_far("serial", answers=False)
    out = tmp_path / "printer.toml"

    def torn():
        assert not far.slips
        assert far.printer.at_rest
        far.printer.tear()
        return what_is_seen(far)

    status, shown, _ = answered(far, torn, "--out", out, "--language", "en")
    assert status == 0
    assert "(n: it hung whole and you tore it off)" in shown
    table = tomllib.loads(out.read_text(encoding="utf-8"))["printer"][0]
    assert (table["paper_mm"], table["cut"]) == (58, "none")
    assert voucher(far, table) == ((PrintOutcome.UNKNOWABLE,), ["V0352000000158"])


def test_a_model_without_column_images_gets_no_fonts(make_far, tmp_path, monkeypatch):
    without(monkeypatch, b"\x1b*")
    far = make_far("tcp")
    out = tmp_path / "printer.toml"
    assert consult(far, "--out", out)[0] == 0
    assert tomllib.loads(out.read_text(encoding="utf-8"))["printer"][0]["fonts"] == []


@pytest.mark.parametrize(
    ("break_it", "mend_it", "said"),
    [("paper_out", "load_paper", "It is out of paper"), ("open_cover", "close_cover", "Its cover is open")],
)
def test_a_printer_that_needs_a_hand_says_so_and_goes_on_when_it_is_mended(make_far, break_it, mend_it, said):
    far = make_far("serial")
    getattr(far.printer, break_it)()

    def hand(shown):
        yield lambda: says(shown, said)
        getattr(far.printer, mend_it)()

    def typed():
        assert any(slip.lines for slip in far.slips)
        return "y\n" * 11

    assert answered(far, typed, "--language", "en", hand=hand)[0] == 0


def test_the_command_says_at_once_that_a_hand_is_needed(make_real_far):
    far = make_real_far("usb")
    far.printer.open_cover()
    with doctor("--line", far.line, "--language", "en") as process:
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("Its cover is open") for line in lines)
        far.printer.close_cover()
        assert far.wait_for(lambda: any(slip.lines for slip in far.slips))
        process.communicate("y\n" + "y\n" * 10, timeout=30)
    assert process.returncode == 0


def test_a_slip_that_ran_out_of_paper_is_printed_again_in_whole(make_far):
    far = make_far("serial", head_mm_s=100.0)
    far.printer.paper_out_after(40)

    def hand(shown):
        yield lambda: says(shown, "It is out of paper")
        far.printer.load_paper()
        yield lambda: says(shown, "That slip was torn")

    def typed():
        assert sum(bool(slip.lines) for slip in far.slips) == 2
        assert seen(far.calibration()) == (True, True, False, True, True, True, True, False, False)
        return "y\n" * 11

    assert answered(far, typed, "--language", "en", hand=hand)[0] == 0


def test_answers_that_end_in_the_middle_leave_nothing(make_far, tmp_path):
    out = tmp_path / "printer.toml"
    status, shown, _ = answered(make_far(), "y\ny\n是\n", "--language", "en", "--out", out)
    assert status == 1
    assert "The answers ended after 2 of 10: nothing was kept" in shown
    assert not out.exists()


def test_an_answer_that_is_none_is_asked_for_again(make_far):
    status, shown, _ = answered(make_far(), "Y\n是\nＹ\nhm\n否\ny\ny\ny\ny\nNo\nn\n否\n", "--language", "en")
    assert status == 0
    assert "Please type y or n." in shown
    assert 'charset = "gbk"' in shown


def test_a_printer_without_a_configuration_may_be_given_a_name(make_far):
    _, shown, _ = answered(make_far(), "y\n" * 11, name=["窗口"])
    assert 'name = "窗口"' in shown


def test_no_slip_at_all_names_the_baud_rate(make_far):
    status, shown, _ = answered(make_far("usb", answers=False), "n\n", "--language", "en")
    assert status == 1
    assert "baud rate" in shown


def test_the_printer_is_left_quiet_on_an_empty_line(make_far):
    far = make_far("serial", **FULL)
    answered(far, "n\n")
    # What was sent last is still on the line.
    far.time.pause(0.1)
    far.wire.open()
    far.printer.near_end()
    assert far.wire.read(0.5) == b""
    far.wire.close()
    assert not far.printer.unfinished()


def test_an_existing_file_is_only_replaced_by_force(make_far, tmp_path):
    out = tmp_path / "printer.toml"
    out.write_text("mine", encoding="utf-8")
    far = make_far()
    status, _, errors = answered(far, "y\n" * 11, "--language", "en", "--out", out)
    assert (status, out.read_text(encoding="utf-8")) == (73, "mine")
    assert "exists already" in errors
    assert not far.slips
    assert answered(far, "y\n" * 11, "--out", out, "--force")[0] == 0
    assert "[[printer]]" in out.read_text(encoding="utf-8")


def test_a_printer_that_another_program_holds_is_told(make_real_far):
    far = make_real_far("serial")
    line = SerialLine(far.line.split(":")[1], 115200)
    line.open()
    with doctor("--line", far.line, "--language", "en") as process:
        _, errors = process.communicate("", timeout=30)
    line.close()
    assert process.returncode == 75
    assert "sudo systemctl stop kiosk" in errors


def test_a_printer_that_is_not_there_is_told(tmp_path):
    with doctor("--line", f"usb:{tmp_path}/lp0", "--language", "en") as process:
        _, errors = process.communicate("", timeout=30)
    assert process.returncode == 69
    assert "cannot be reached" in errors


@pytest.mark.parametrize("tcp", [False, True], ids=["serial", "tcp"])
def test_a_printer_of_a_running_kiosk_is_left_alone(make_table, tmp_path, tcp):
    daemon = make_table(tcp=tcp).daemon
    daemon.start()
    assert daemon.wait_for(lambda record: record["event"] == "printed", 20)
    command = kiosk("doctor", "--printer", "--config", tmp_path / "state" / "kiosk.toml", "--language", "en")
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 75
    assert "sudo systemctl stop kiosk" in done.stderr


def test_the_configuration_names_the_printer_and_the_language(make_real_far, tmp_path):
    far = make_real_far()
    config = tmp_path / "kiosk.toml"
    port = far.line.rpartition(":")[2]
    printer = f'[[printer]]\nkind = "tcp"\nname = "窗口"\nhost = "127.0.0.1"\nport = {port}\n'
    config.write_text(KIOSK.format(language="zh_CN", state=tmp_path / "s") + printer, encoding="utf-8")
    with doctor("窗口", "--config", config) as process:
        shown, errors = process.communicate("是\n" * 11, timeout=40)
    assert (process.returncode, errors) == (0, "")
    assert "第 1 行：是不是「核酸采样」" in shown
    assert 'name = "窗口"' in shown
