"""The board in plain lines, for a terminal that is no terminal, and for a mail."""

from collections.abc import Iterator
from datetime import datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from kiosk.office.board.figures import STATES, Board, Tile
from kiosk.office.board.troubles import Trouble
from kiosk.texts import Texts


def lines(board: Board, texts: Texts, zone: ZoneInfo) -> Iterator[str]:
    yield headline(board, texts)
    yield " · ".join(f"{texts.say(f'board.state.{state}')} {board.points[state]}" for state in STATES)
    if board.ends_s is not None:
        yield texts.say("board.ends", time=clock(board.ends_s, board.at_s, zone))
    if board.not_understood:
        yield texts.say("board.page.strange", n=board.not_understood)
    if board.not_kept:
        yield texts.say("board.page.not-kept")
    for tile in worst_first(board):
        if tile.state != "online":
            yield f"{texts.say(f'board.state.{tile.state}')}  {named(tile)}  {troubles(tile, texts)}".rstrip()


def headline(board: Board, texts: Texts) -> str:
    of = "" if board.expected is None else f" / {board.expected}"
    return texts.say("board.people", n=f"{board.people}{of}", rate=board.per_hour, round=board.round)


def worst_first(board: Board) -> list[Tile]:
    return sorted(board.tiles, key=lambda tile: (STATES.index(tile.state), tile.point))


def named(tile: Tile) -> str:
    return visible(f"{tile.point} {tile.name}".rstrip())


def troubles(tile: Tile, texts: Texts) -> str:
    return texts.say("board.between").join(in_words(each, texts) for each in tile.troubles)


def in_words(trouble: Trouble, texts: Texts) -> str:
    """As the office calls it; of which part of which table, if of one. A later release's words stay as they came."""
    word = _known(f"board.trouble.{trouble.what}", trouble.what, texts)
    is_journal = trouble.what == "journal"
    part = _known(f"board.journal.{trouble.part}", trouble.part, texts) if is_journal else texts.device(trouble.part)
    what = texts.say("board.of-part", what=word, part=part) if trouble.part else word
    return visible(texts.say("board.at-table", kiosk=trouble.kiosk, what=what) if trouble.kiosk else what)


def _known(key: str, otherwise: str, texts: Texts) -> str:
    return texts.say(key) if key in texts.keys() else otherwise  # noqa: SIM118 - Texts is no mapping


def visible(text: str) -> str:
    """What came from elsewhere does not order a terminal about."""
    return "".join("?" if category(letter) in ("Cc", "Cf", "Zl", "Zp") else letter for letter in text)


def age(seconds: float, texts: Texts) -> str:
    """How long ago, as people say it."""
    whole = max(0, int(seconds))
    if whole < 60:
        return texts.say("board.seconds", n=whole)
    if whole < 3600:
        return texts.say("board.minutes", n=whole // 60)
    return texts.say("board.hours", n=whole // 3600, m=whole % 3600 // 60)


def clock(at_s: float, now_s: float, zone: ZoneInfo) -> str:
    """The time of day, and the date where it is another one."""
    at, now = datetime.fromtimestamp(at_s, zone), datetime.fromtimestamp(now_s, zone)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d %H:%M}"
