"""The pages' files, read once: no request reaches the disk."""

import hashlib
from pathlib import Path

import tornado.template

from kiosk.frozen import dataclass
from kiosk.texts import Texts

PAGES = Path(__file__).parents[1] / "pages"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}
TAGS = {"zh_CN": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Asset:
    type: str
    data: bytes


def version() -> str:
    """Another one wherever a file is another."""
    digest = hashlib.sha256()
    for file in sorted(PAGES.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def assets(language: str, reader: str, pages_version: str) -> dict[str, Asset]:
    """By the name that is asked for: pages without their ending, in the point's language."""
    found = {}
    texts = Texts(language)
    for file in sorted(PAGES.iterdir()):
        kind, data = TYPES.get(file.suffix), file.read_bytes()
        if kind is None:
            continue
        if file.suffix == ".html":
            template = tornado.template.Template(data, autoescape="xhtml_escape")
            data = template.generate(say=texts.say, language=TAGS[language], reader=reader, version=pages_version)
        found[file.stem if file.suffix == ".html" else file.name] = Asset(kind, data)
    return found
