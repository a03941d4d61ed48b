"""staff-codes, public-key: what staff and guards are given."""

import argparse
from pathlib import Path

from kiosk.cli.options import Commands, with_credentials
from kiosk.credentials import staff_codes
from kiosk.texts import LANGUAGES, Texts

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
    codes.set_defaults(command=_staff_codes)
    public_key = commands.add_parser("public-key", help="print the line of this kiosk for the guards' keys file")
    with_credentials(public_key)
    public_key.add_argument("--name", type=_name, default="", help="a name of the kiosk to stand behind the key")
    public_key.set_defaults(command=_public_key)


def _name(text: str) -> str:
    if not text.isprintable():
        raise argparse.ArgumentTypeError("must be one line of printable characters")
    return text


def _staff_codes(options: argparse.Namespace) -> int:
    from kiosk.app import read_key

    chinese, english = (Texts(language) for language in LANGUAGES)
    for text, action in staff_codes(read_key(options.credentials, "staff-key")).items():
        name = f"{chinese.say(f'action.{action}')} {english.say(f'action.{action}')}"
        if options.out is None:
            print(f"{action:<14} {text}  {name}")
        else:
            _draw_code(options.out, action, text, name)
    return 0


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
