"""What a printer's facts and its calibration slip say about its table in kiosk.toml, pure."""

import json
from collections.abc import Iterator, Set
from enum import StrEnum

from pydantic import TypeAdapter, ValidationError

from kiosk.config import Config, ConfigError, Mistake, PrinterTable
from kiosk.frozen import dataclass
from kiosk.ports import PrinterFacts


class Trial(StrEnum):
    """The trials of the calibration slip, in the order of its numbers from 1."""

    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"
    BARCODE = "barcode"
    QR = "qr"
    RASTER = "raster"
    COLUMNS = "columns"
    WIDE = "wide"
    MIDDLE = "middle"
    CUT = "cut"


SHORTENED = 42
"""The columns of the middle ruler: printers of 80 mm paper with 504 or 512 dots have no more."""


class Unfit(StrEnum):
    """Why a printer cannot be used here."""

    CODES = "codes"
    CHINESE = "chinese"


Value = str | int | list[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One key of the printer's table; `why` is a key of the texts under doctor.why."""

    key: str
    value: Value
    why: str

    def __str__(self) -> str:
        return f"{self.key} = {_toml(self.value)}"


def profile(facts: PrinterFacts, right: Set[Trial]) -> tuple[Finding, ...]:
    """The keys that `facts` and the trials that came out `right` decide. The paper decides, not what GS I says."""
    return (
        *_paper(right),
        _charset(right),
        *(_native(trial, right, "raster") for trial in (Trial.BARCODE, Trial.QR)),
        _native(Trial.CUT, right, "none"),
        _confirm(facts),
        *_fonts(right),
    )


def unfit(right: Set[Trial]) -> tuple[Unfit, ...]:
    """What no configuration can mend: the kiosk draws only as GS v 0 and, in a line of text, as ESC *."""
    own_codes, draws = {Trial.BARCODE, Trial.QR} <= right, {Trial.RASTER, Trial.COLUMNS} <= right
    codes = [] if own_codes or Trial.RASTER in right else [Unfit.CODES]
    return (*codes, *([] if draws or Trial.GB2312 in right else [Unfit.CHINESE]))


def table_text(table: PrinterTable, findings: tuple[Finding, ...], reasons: dict[str, str]) -> str:
    """A whole [[printer]] table: how to reach it and what it prints from `table`, the rest found, with reasons."""
    given = table.model_dump(mode="json", exclude_none=True)
    found = {finding.key for finding in findings}
    kept = {key: value for key, value in given.items() if key not in found and not _outdated(key, value)}
    lines = [f"{key} = {_toml(kept[key])}" for key in sorted(kept, key=lambda key: key != "kind")]
    lines += [f"{finding!s:<23} # {reasons[finding.why]}" for finding in findings]
    return "\n".join(("[[printer]]", *lines, ""))


def chosen_printer(config: Config, name: str) -> PrinterTable:
    """The printer of that name; the only one if the name is empty. Raises ConfigError."""
    names = [table.name for table in config.printer]
    for table in config.printer:
        if table.name == name or (not name and len(names) == 1):
            return table
    wrong = f"no printer is called {name}" if name else "the file has several"
    raise ConfigError("--printer", [Mistake("name", wrong, f"Name one of {', '.join(names)}")])


def table_of_line(line: str) -> PrinterTable:
    """`serial:PORT[:BAUD]`, `usb:DEVICE` or `tcp:HOST[:PORT]` as a table. Raises ValueError."""
    kind, _, rest = line.partition(":")
    place, _, number = rest.rpartition(":")
    if not (place and number.isdecimal()) or kind == "usb":
        place, number = rest, ""
    names = {"serial": ("port", "baud"), "usb": ("device", ""), "tcp": ("host", "port")}
    if kind not in names or not place:
        raise ValueError(line)
    first, second = names[kind]
    given = {"kind": kind, first: place.strip("[]"), **({second: int(number)} if number else {})}
    try:
        table: PrinterTable = TypeAdapter(PrinterTable).validate_python(given)
    except ValidationError as error:
        raise ValueError(line) from error
    return table


def _outdated(key: str, value: Value) -> bool:
    """What the slip had found again if it still held: no fonts, and columns that one of its rulers shows."""
    return (key, value) == ("fonts", []) or (key == "columns" and isinstance(value, int) and value >= SHORTENED)


def _paper(right: Set[Trial]) -> Iterator[Finding]:
    """The longest ruler that stands on one line."""
    if Trial.WIDE in right:
        yield Finding("paper_mm", 80, "paper.wide")
    elif Trial.MIDDLE in right:
        yield Finding("paper_mm", 80, "paper.middle")
        yield Finding("columns", SHORTENED, "columns")
    else:
        yield Finding("paper_mm", 58, "paper.narrow")


def _charset(right: Set[Trial]) -> Finding:
    """The largest whose smaller ones came out too."""
    found = "ascii"
    for trial in (Trial.GB2312, Trial.GBK, Trial.GB18030):
        if trial not in right:
            break
        found = str(trial)
    return Finding("charset", found, f"charset.{found}")


def _native(trial: Trial, right: Set[Trial], otherwise: str) -> Finding:
    """A key that is called as its trial."""
    who = "native" if trial in right else otherwise
    return Finding(str(trial), who, f"{trial}.{who}")


def _confirm(facts: PrinterFacts) -> Finding:
    """Each way but `none` needs the answers to DLE EOT as well."""
    if not facts.state.known:
        return Finding("confirm", "none", "confirm.none")
    way = "process-id" if facts.process_id else "fence" if facts.fence else "status"
    return Finding("confirm", way, f"confirm.{way}")


def _fonts(right: Set[Trial]) -> Iterator[Finding]:
    """A rare character is drawn by both picture commands: without one of them a mark must stand for it."""
    if not {Trial.RASTER, Trial.COLUMNS} <= right:
        yield Finding("fonts", [], "fonts")


def _toml(value: Value) -> str:
    """JSON's numbers, lists and strings are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
