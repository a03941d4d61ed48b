"""staff-codes: the secret codes and badges of a point, on pages, as pictures, on the kiosk's own paper; made anew."""

import argparse
import json
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands, count, level, with_config
from kiosk.cli.printers import trouble
from kiosk.cli.statuses import EXIT_BUSY, EXIT_CANNOT_CREATE, EXIT_UNAVAILABLE, EXIT_UNFINISHED
from kiosk.config import Config, read_config
from kiosk.credentials import badge_text, staff_codes
from kiosk.credentials.badges import LAST_NUMBER
from kiosk.model import Badge, StaffRole
from kiosk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from kiosk.office.code_sheets import Code, Group

_ROLES = "roles: " + ", ".join(StaffRole)
CAPTION = 64
"""Dots below a staff code for its name."""
_FONTS = Path("/usr/share/fonts")
CHINESE_FONTS = (
    _FONTS / "truetype/wqy/wqy-microhei.ttc",
    _FONTS / "opentype/noto/NotoSansCJK-Regular.ttc",
    _FONTS / "truetype/hanazono/HanaMinA.ttf",
)
RENEWED = """\
A new staff-key was written; every code and badge of the old one is void once the kiosks know the new one.
Copy it to each table of the point, restart each (systemctl restart kiosk), and hand out these codes."""


def add(commands: Commands) -> None:
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    with_config(codes)
    codes.add_argument("--round", type=level, metavar="ROUND", help="of a round to come (default: the configuration's)")
    renewed = "as the centre will have renewed them so often (`kiosk order codes`); 0: not at all"
    codes.add_argument("--turn", type=count, default=0, metavar="N", help=renewed)
    codes.add_argument("--renew", action="store_true", help="first write a new staff-key: all that was printed is void")
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.add_argument("--pdf", type=Path, metavar="FILE", help="write pages to be printed and laminated")
    codes.add_argument(
        "--printer", nargs="?", const="", metavar="NAME", help="print them on the kiosk's printer; the kiosk is stopped"
    )
    codes.add_argument("--badges", type=_badges, default=[], metavar="ROLE:NUMBER,...", help=f"also badges; {_ROLES}")
    codes.add_argument("--json", action="store_true", help="for programs: an object of the codes by action and badge")
    codes.set_defaults(command=_staff_codes)


def _badges(text: str) -> list[Badge]:
    try:
        pairs = [each.split(":") for each in text.split(",")]
        badges = [Badge(StaffRole(role.strip()), int(number)) for role, number in pairs]
    except ValueError:
        badges = []
    if not badges or not all(1 <= badge.number <= LAST_NUMBER for badge in badges):
        raise argparse.ArgumentTypeError(f"write such as sampler:1,clerk:17 ({_ROLES}; 1 to {LAST_NUMBER})")
    return badges


def _staff_codes(options: argparse.Namespace) -> int:
    from kiosk.app import key_of_codes, serves

    config = read_config(options.config)
    if options.printer is not None and serves(config.state.directory):
        return trouble(Texts("en"), "busy", EXIT_BUSY)
    try:
        key = _key(options.credentials, options.renew)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}. Nothing was changed: run it as root.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    round_id = options.round or config.point.round
    codes = {
        str(action): text for text, action in staff_codes(key_of_codes(config, key, round_id, options.turn)).items()
    }
    badges = {badge: badge_text(key, badge) for badge in options.badges}
    if options.json:
        print(json.dumps(codes | {badge.name: text for badge, text in badges.items()}))
        return 0
    foot = f"{config.point.point}  {round_id if config.staff.codes == 'round' else ''}".rstrip()
    if options.printer is not None:
        return _paper(config, options.printer, codes, badges, foot)
    if options.pdf is not None:
        return _pages(options.pdf, codes, badges, foot)
    return _lines(options.out, codes, badges)


def _key(credentials: Path | None, renew: bool) -> bytes:
    """Raises ConfigError, and OSError if a new one cannot be written."""
    from kiosk.app import read_key
    from kiosk.journal import replace_whole

    key = read_key(credentials, "staff-key")
    if not renew or credentials is None:
        return key
    key = secrets.token_hex(32).encode()
    replace_whole(credentials / "staff-key", key + b"\n")
    print(RENEWED, file=sys.stderr)
    return key


def _lines(folder: Path | None, codes: Mapping[str, str], badges: Mapping[Badge, str]) -> int:
    chinese, english = (Texts(language) for language in LANGUAGES)
    for badge, text in badges.items():
        print(f"{badge.name:<14} {text}  {chinese.say(f'role.{badge.role}')} {badge.role}")
    for action, text in codes.items():
        name = f"{chinese.say(f'action.{action}')} {english.say(f'action.{action}')}"
        if folder is None:
            print(f"{action:<14} {text}  {name}")
        else:
            _draw_code(folder, action, text, name)
    return 0


def _pages(file: Path, codes: Mapping[str, str], badges: Mapping[Badge, str], foot: str) -> int:
    from kiosk.office.code_sheets import write_pdf

    font = _chinese_font()
    languages = LANGUAGES if font is not None else LANGUAGES[1:]
    try:
        pages = write_pdf(list(_groups(codes, badges, languages)), f"{foot}  {_secret(languages)}", file, font)
    except OSError as error:
        print(f"{file}: {error.strerror}. Name another file.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    if font is None:
        print("No Chinese font is here, so only English stands on them: install fonts-wqy-microhei", file=sys.stderr)
    print(f"{file}: {pages} pages")
    return 0


def _groups(codes: Mapping[str, str], badges: Mapping[Badge, str], languages: Sequence[str]) -> Iterator["Group"]:
    """By what is done when; each code with its words in these languages."""
    from kiosk.model.acts import GROUPS
    from kiosk.office.code_sheets import Code, Group

    words = {language: Texts(language) for language in languages}

    def both(key: str) -> tuple[str, str]:
        said = [words[language].say(key) if language in words else "" for language in LANGUAGES]
        return said[0], said[1]

    for name, actions in GROUPS:
        shown = tuple(Code(codes[each], *both(f"action.{each}")) for each in actions)
        yield Group(" ".join(both(f"sheet.{name}")).strip(), shown)
    if badges:
        shown = tuple(_badge_code(badge, text, both(f"role.{badge.role}")[0]) for badge, text in badges.items())
        yield Group(" ".join(both("sheet.badges")).strip(), shown)


def _secret(languages: Sequence[str]) -> str:
    return " ".join(Texts(language).say("sheet.secret") for language in languages)


def _badge_code(badge: Badge, text: str, chinese: str) -> "Code":
    from kiosk.office.code_sheets import Code

    return Code(text, f"{badge.name} {chinese}".rstrip(), str(badge.role))


def _paper(config: Config, name: str, codes: Mapping[str, str], badges: Mapping[Badge, str], foot: str) -> int:
    from kiosk.app import printed
    from kiosk.doctor.printer import chosen_printer
    from kiosk.layouts import code_slip
    from kiosk.ports import DeviceBusy, DeviceError, PrintOutcome

    table = chosen_printer(config, name)
    groups = list(_groups(codes, badges, LANGUAGES))
    slips = [
        code_slip(group.title, [(code.text, code.chinese, code.english) for code in group.codes], foot)
        for group in groups
    ]
    try:
        outcomes = printed(table, config.printer.index(table) + 1, slips)
    except DeviceBusy:
        return trouble(Texts("en"), "busy", EXIT_BUSY)
    except DeviceError as error:
        return trouble(Texts("en"), "gone", EXIT_UNAVAILABLE, why=error)

    def ended(how: PrintOutcome | None) -> str:
        return ", ".join(group.title for group, outcome in zip(groups, outcomes, strict=True) if outcome is how) or "-"

    if not {None, PrintOutcome.UNCONFIRMED}.isdisjoint(outcomes):
        doubtful = ended(PrintOutcome.UNCONFIRMED)
        print(f"Not printed: {ended(None)}. Look whether these came out whole: {doubtful}. ", file=sys.stderr, end="")
        print("Then run it again; the codes stay the same", file=sys.stderr)
        return EXIT_UNFINISHED
    print(f"{len(slips)} slips were printed on {table.name}")
    return 0


def _chinese_font() -> Path | None:
    return next((path for path in CHINESE_FONTS if path.exists()), None)


def _draw_code(folder: Path, action: str, text: str, name: str) -> None:
    """With its name below, as the panel calls it; where no font has Chinese, its English one."""
    import qrcode
    from PIL import Image, ImageDraw, ImageFont

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    code = qrcode.make(text).get_image().convert("L")
    sheet = Image.new("L", (code.width, code.height + CAPTION), 255)
    sheet.paste(code, (0, 0))
    file, size = _chinese_font(), CAPTION // 2
    shown = name if file is not None else name.rpartition(" ")[2]
    where = (code.width // 2, code.height + CAPTION // 3)
    font = ImageFont.load_default(size) if file is None else ImageFont.truetype(str(file), size)
    ImageDraw.Draw(sheet).text(where, shown, fill=0, font=font, anchor="mm")
    picture = folder / f"{action}.png"
    sheet.save(picture)
    picture.chmod(0o600)
    print(picture)
