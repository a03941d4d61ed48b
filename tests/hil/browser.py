"""Debian's Chromium, and how what it has painted is measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

MEASURE = """() => {
  const number = (text) => parseFloat(text);
  const luminance = (text) => {
    const [r, g, b] = text.match(/[0-9.]+/g).slice(0, 3).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backOf = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const found = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(found) && found !== "transparent") return found;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!node.data.trim() || !box.width || !box.height) continue;
    const style = getComputedStyle(node.parentElement);
    const [front, back] = [luminance(style.color), luminance(backOf(node.parentElement))];
    texts.push({
      text: node.data.trim(), size: number(style.fontSize), id: node.parentElement.id,
      left: box.left, top: box.top, right: box.right, bottom: box.bottom,
      contrast: (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05),
    });
  }
  const root = document.scrollingElement;
  return { texts, width: innerWidth, height: innerHeight, scrolls: [root.scrollWidth, root.scrollHeight] };
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def measured(page: Page) -> dict[str, Any]:
    """Each text that is to be seen, where it stands, how large, and how it stands out; and what would scroll."""
    found: dict[str, Any] = page.evaluate(MEASURE)
    return found
