"""staff-codes, public-key: what staff and guards are given."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.options import Commands, with_credentials
from kiosk.cli.statuses import EXIT_CANNOT_CREATE
from kiosk.credentials import badge_text, staff_codes
from kiosk.credentials.badges import LAST_NUMBER
from kiosk.model import Badge, StaffRole
from kiosk.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from kiosk.office.code_sheets import Code

_ROLES = "roles: " + ", ".join(StaffRole)
CAPTION = 64
"""Dots below a staff code for its name."""
_FONTS = Path("/usr/share/fonts")
CHINESE_FONTS = (
    _FONTS / "truetype/wqy/wqy-microhei.ttc",
    _FONTS / "opentype/noto/NotoSansCJK-Regular.ttc",
    _FONTS / "truetype/hanazono/HanaMinA.ttf",
)


def add(commands: Commands) -> None:
    codes = commands.add_parser("staff-codes", help="show the point's secret staff codes, to be printed and kept")
    with_credentials(codes)
    codes.add_argument("--out", type=Path, metavar="DIR", help="write each code as a QR picture here")
    codes.add_argument("--pdf", type=Path, metavar="FILE", help="write pages to be printed and laminated")
    codes.add_argument("--badges", type=_badges, default=[], metavar="ROLE:NUMBER,...", help=f"also badges; {_ROLES}")
    codes.add_argument("--json", action="store_true", help="for programs: an object of the codes by action and badge")
    codes.set_defaults(command=_staff_codes)
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    with_credentials(public_key)
    public_key.add_argument("--name", type=_name, default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable characters")
    return text


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
    from kiosk.app import read_key

    key = read_key(options.credentials, "staff-key")
    codes = {str(action): text for text, action in staff_codes(key).items()}
    badges = {badge: badge_text(key, badge) for badge in options.badges}
    if options.json:
        print(json.dumps(codes | {badge.name: text for badge, text in badges.items()}))
        return 0
    if options.pdf is not None:
        return _pages(options.pdf, codes, badges)
    chinese, english = (Texts(language) for language in LANGUAGES)
    for badge, text in badges.items():
        print(f"{badge.name:<14} {text}  {chinese.say(f'role.{badge.role}')} {badge.role}")
    for action, text in codes.items():
        name = f"{chinese.say(f'action.{action}')} {english.say(f'action.{action}')}"
        if options.out is None:
            print(f"{action:<14} {text}  {name}")
        else:
            _draw_code(options.out, action, text, name)
    return 0


def _pages(file: Path, codes: dict[str, str], badges: dict[Badge, str]) -> int:
    from kiosk.office.code_sheets import GROUPS, Code, Group, write_pdf

    chinese, english = (Texts(language) for language in LANGUAGES)
    font = next((path for path in CHINESE_FONTS if path.exists()), None)

    def both(key: str) -> tuple[str, str]:
        return ("" if font is None else chinese.say(key)), english.say(key)

    groups = [
        Group(" ".join(both(f"sheet.{name}")), tuple(Code(codes[each], *both(f"action.{each}")) for each in actions))
        for name, actions in GROUPS
    ]
    if badges:
        shown = tuple(_badge_code(badge, text, both(f"role.{badge.role}")[0]) for badge, text in badges.items())
        groups.append(Group(" ".join(both("sheet.badges")), shown))
    try:
        pages = write_pdf(groups, " ".join(both("sheet.secret")), file, font)
    except OSError as error:
        print(f"{file}: {error.strerror}. Name another file.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    if font is None:
        print("No Chinese font is here, so only English stands on them: install fonts-wqy-microhei", file=sys.stderr)
    print(f"{file}: {pages} pages")
    return 0


def _badge_code(badge: Badge, text: str, chinese: str) -> "Code":
    from kiosk.office.code_sheets import Code

    return Code(text, f"{badge.name} {chinese}".rstrip(), str(badge.role))


def _draw_code(folder: Path, action: str, text: str, name: str) -> None:
    """With its name below, as the panel calls it; where no font has Chinese, its English one."""
    import qrcode
    from PIL import Image, ImageDraw, ImageFont

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    code = qrcode.make(text).get_image().convert("L")
    sheet = Image.new("L", (code.width, code.height + CAPTION), 255)
    sheet.paste(code, (0, 0))
    font = next((ImageFont.truetype(str(file), CAPTION // 2) for file in CHINESE_FONTS if file.exists()), None)
    shown = name if font is not None else name.rpartition(" ")[2]
    where = (code.width // 2, code.height + CAPTION // 3)
    ImageDraw.Draw(sheet).text(where, shown, fill=0, font=font or ImageFont.load_default(CAPTION // 2), anchor="mm")
    picture = folder / f"{action}.png"
    sheet.save(picture)
    picture.chmod(0o600)
    print(picture)


def _public_key(options: argparse.Namespace) -> int:
    from kiosk.app import read_signer

    print(f"{read_signer(options.credentials).public_key.hex()} {options.name}".rstrip())
    return 0
