"""A thousand residents whose names are hard to print, the printers that they stand before, and their slips."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from drivers.escpos.abilities import Abilities
from kiosk.layouts import Letterhead, lay_out
from kiosk.model import Instant, JobKind, JobState, Person, PrintJob, Sample, Subject, Tube, TubeSource, TubeState
from kiosk.ports import Document
from kiosk.texts import Texts
from kiosk.virtual.printer.settings import PrinterSettings

SEED = 20220520
MOST_COLUMNS = 120
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
TOKEN = 204
FONTS = tuple(Path(f"/usr/share/fonts/truetype/hanazono/HanaMin{part}.ttf") for part in "AB")
MORNING = Instant("boot", 0, 1_653_015_600_000, True)
Charset = Literal["ascii", "gb2312", "gbk", "gb18030"]
Paper = Literal[58, 80]
Ranges = tuple[tuple[int, int], ...]
Write = Callable[[Random, int], str]

IDEOGRAPHS: Ranges = ((0x4E00, 0x9FA6), (0x4E00, 0x9FA6), (0x3400, 0x4DB6), (0x20000, 0x2A6D7), (0x2A700, 0x2B735))
IDEOGRAPHS += ((0x2B740, 0x2B81E), (0x2B820, 0x2CEA2), (0x2CEB0, 0x2EBE1), (0x30000, 0x3134B), (0x31350, 0x323B0))
KIN = ((0x2F00, 0x2FD6), (0x2E80, 0x2E9A), (0xF900, 0xFA6E), (0x2F800, 0x2FA1E), (0xE000, 0xF900), (0xF0000, 0xFFFFE))
"""Kangxi and other radicals, compatibility ideographs, private use."""
DOTS_OF_NAMES = "··•‧∙・"
MINORITY = ("阿卜杜热合曼", "买买提艾力", "古丽巴哈尔", "艾山江", "才仁卓玛", "巴特尔", "努尔艾合买提", "㛃吉", "䶮珠")
LATIN = ("María", "José", "Nguyễn", "Thị", "Łukasz", "Müller", "O'Neill", "Peña-Núñez", "Jean-François", "Ix̣tlán")
MIXED: tuple[str, ...] = ("ＡＢＣ", "王", "ﾊﾝｶｸ", "Li", "（小）", "３", "é", "\u3000", "한글", "ab")
MIXED += ("\u00a0", "葛\U000e0100", "ก", "ཀྵ", "ᠮ")


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of printer, and the paper and the language that it stands for."""

    charset: Charset
    fonts: tuple[Path, ...]
    paper_mm: Paper
    language: str
    own_codes: bool

    @property
    def settings(self) -> PrinterSettings:
        """A ROM with GBK shows what an ASCII or a GB 2312 one does of what these are sent."""
        charset: Literal["gbk", "gb18030"] = "gb18030" if self.charset == "gb18030" else "gbk"
        return PrinterSettings(paper_mm=self.paper_mm, baud=None, charset=charset)

    @property
    def abilities(self) -> Abilities:
        return Abilities(self.paper_mm, self.charset, self.own_codes, self.own_codes, self.fonts)


@dataclass(frozen=True, slots=True)
class Resident:
    name: str
    building: str
    code: str
    token: str
    model: Model


@lru_cache
def models() -> tuple[Model, ...]:
    """With and without fonts, on both widths, in both languages; two of them draw no codes of their own."""
    return tuple(
        Model(charset, fonts, paper, language, own_codes=(charset, fonts, language) != ("gbk", (), "zh_CN"))
        for charset in get_args(Charset)
        for fonts in (FONTS, ())
        for paper in get_args(Paper)
        for language in ("zh_CN", "en")
    )


@lru_cache
def sorts() -> list[tuple[Model, Write]]:
    """Every way to be called before every printer, in an order in which each part has some of all."""
    ways: tuple[Write, ...] = (one_of_all, one_of_all, with_dots, in_latin, of_kin, mixed)
    both = list(product(models(), ways))
    Random(SEED).shuffle(both)
    return both


def resident(number: int) -> Resident:
    """The same number is the same resident."""
    random = Random(SEED + number)
    model, write = sorts()[number % len(sorts())]
    name = shortened(write(random, random.randint(1, 30)), MOST_COLUMNS)
    rare = chr(random.randrange(*random.choice(IDEOGRAPHS)))
    building = random.choice(("", "3号楼", f"{rare}苑{random.randint(1, 30)}号楼"))
    token = "KV1:" + "".join(random.choices(BASE45, k=TOKEN - 4))
    return Resident(name, building, f"0352{random.randrange(10**8):08d}", token, model)


def one_of_all(random: Random, length: int) -> str:
    """Ideographs of all blocks; one in eight is whatever else GB 18030 has a code for."""
    return "".join(
        gb18030(random) if random.random() < 0.125 else chr(random.randrange(*random.choice(IDEOGRAPHS)))
        for _ in range(length)
    )


def gb18030(random: Random) -> str:
    """A code point of the basic plane: every one but the surrogates has two or four bytes."""
    return chr(random.choice((random.randrange(0x80, 0xD800), random.randrange(0xE000, 0x10000))))


def of_kin(random: Random, length: int) -> str:
    return "".join(chr(random.randrange(*random.choice(KIN))) for _ in range(length))


def with_dots(random: Random, length: int) -> str:
    return random.choice(DOTS_OF_NAMES).join(random.choices(MINORITY, k=1 + length // 4))


def in_latin(random: Random, length: int) -> str:
    return random.choice((" ", " ", " ", "", "·")).join(random.choices(LATIN, k=1 + length // 2))


def mixed(random: Random, length: int) -> str:
    return "".join(random.choices(MIXED, k=length))


def shortened(name: str, most: int) -> str:
    while sum(2 if ord(character) > 0x7F else 1 for character in name) > most:
        name = name[:-1]
    return name.strip() or "王"


def documents(who: Resident) -> tuple[Document, Document]:
    """The label and the voucher."""
    tube = Tube(1, who.code, TubeSource.PRINTED, 10, TubeState.OPEN, 8, MORNING, who.building)
    sample = Sample(7, Person(b"", who.name, "**************0010"), 1, 10, 3, "V0352000000158", MORNING)
    head = Letterhead(
        "wy-0352-a", ZoneInfo("Asia/Shanghai"), texts(who.model.language), lambda _: who.token, lambda _: ""
    )
    head = replace(head, paper_mm=who.model.paper_mm)

    def laid_out(kind: JobKind, subject: Subject) -> Document:
        return lay_out(PrintJob(1, kind, "", JobState.QUEUED, subject), head)

    return laid_out(JobKind.LABEL, tube), laid_out(JobKind.VOUCHER, sample)


@lru_cache
def texts(language: str) -> Texts:
    return Texts(language)
