"""Staff codes on the kiosk's own paper, where there is no other printer: each alone, its words above it."""

from collections.abc import Iterable, Iterator

from kiosk.ports import Align, Document, Element, QrCode, Rule, Space, Text

MODULE, QUIET = 7, 48
"""Dots; 22 mm wide, and so far from the next that a scanner sees one."""


def code_slip(title: str, codes: Iterable[tuple[str, str, str]], foot: str) -> Document:
    """One slip for what is done at one time; of each code its text, its Chinese and its English words."""
    return Document("staff-codes", tuple(_elements(title, codes, foot)))


def _elements(title: str, codes: Iterable[tuple[str, str, str]], foot: str) -> Iterator[Element]:
    yield Text(title, height=2, bold=True, align=Align.CENTRE)
    yield from (Text(foot, align=Align.CENTRE), Space(8), Rule())
    for text, chinese, english in codes:
        yield Space(QUIET)
        yield Text(chinese, width=2, height=2, bold=True, align=Align.CENTRE)
        yield from (Text(english, align=Align.CENTRE), Space(QUIET // 2), QrCode(text, MODULE), Space(QUIET))
        yield Rule()
