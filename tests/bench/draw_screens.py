"""Every face of the residents' screen at each size, and the staff's page, painted by Chromium from the real server.

`make pictures` writes docs/pictures/screen-*.png and staff-*.png, and the tables of docs/screens.md that show them.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from browser import chromium
from page_rig import Pages
from PIL import Image
from playwright.sync_api import Browser, Page

from kiosk.screen.lines import Kind
from kiosk.screen.resident import Face, ResidentView
from kiosk.texts import Texts
from page_gallery import SIZES, STAFF_SIZES, face_of, kinds, staff_views

HEIGHT, GAP, COLOURS = 300, 12, 32
GREY = (226, 226, 222)


def shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def beside(pictures: list[Image.Image]) -> Image.Image:
    """At one height, on a grey ground."""
    small = [picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT)) for picture in pictures]
    sheet = Image.new("RGB", (sum(each.width + GAP for each in small) + GAP, HEIGHT + 2 * GAP), GREY)
    left = GAP
    for each in small:
        sheet.paste(each, (left, GAP))
        left += each.width + GAP
    return sheet


def save(picture: Image.Image, file: Path) -> None:
    picture.quantize(COLOURS).save(file, optimize=True)


def see(pages: Pages, page: Page, face: Face) -> None:
    pages.kiosk.say(Kind.RESIDENT, asdict(ResidentView(face)))
    page.wait_for_function(
        "([head, line]) => document.getElementById('headline').textContent === head"
        " && document.getElementById('line').textContent === line",
        arg=[face.headline, face.line],
    )


def draw_faces(browser: Browser, pages: Pages, texts: Texts, out: Path) -> Iterator[str]:
    opened = [browser.new_page(viewport={"width": width, "height": height}) for width, height in SIZES]
    for page in opened:
        page.goto(f"{pages.local}/resident")
    for kind in kinds():
        face = face_of(kind, texts)
        for page in opened:
            see(pages, page, face)
        name = f"screen-{kind.words}.png"
        save(beside([shot(page) for page in opened]), out / name)
        yield f"| {face.headline} | {face.line} | ![{face.headline}](pictures/{name}) |"


def draw_staff(browser: Browser, pages: Pages, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        views = staff_views(Path(folder), "zh_CN")
    for width, height in STAFF_SIZES:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{pages.local}/staff")
        for name, view in views.items():
            pages.kiosk.say(Kind.STAFF, asdict(view))
            page.wait_for_function("(words) => document.getElementById('now').textContent === words", arg=view.now.text)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
            save(picture, out / f"staff-{name}-{width}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs"))
    out = parser.parse_args().out
    pictures = out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, Pages(Path(folder)) as pages, chromium() as browser:
        rows = list(draw_faces(browser, pages, Texts("zh_CN"), pictures))
        draw_staff(browser, pages, pictures)
    page = out / "screens.md"
    head, _, _ = page.read_text(encoding="utf-8").partition("| headline |")
    page.write_text(
        head + "\n".join(("| headline | line | 800x480, 720x1280, 1920x1080 |", "| --- | --- | --- |", *rows)) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
