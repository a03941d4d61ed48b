"""Whom the kiosk met in rounds that are long over is forgotten: at the first start in a round, before anybody comes, or
when somebody asks for it."""

from collections.abc import Collection
from pathlib import Path

from kiosk.app.brought import FOLDER
from kiosk.app.recalling import put_aside_in
from kiosk.config import Config
from kiosk.journal import JournalError, Purged, is_due, overwrite, purge
from kiosk.log import say
from kiosk.model import Instant

DAY_MS = 24 * 60 * 60 * 1000


def forget(config: Config, now: Instant) -> None:
    """A journal that does not let this be done now is served with: the next start tries again."""
    journal = config.state.directory / "journal.sqlite"
    if not is_due(journal, config.point.round):
        return
    _forget_brought(config.state.directory / FOLDER)
    try:
        done = forgotten(journal, config, now)
    except JournalError as error:
        say("purge-failed", why=str(error))
        return
    if done.rounds:
        say("purged", rounds=done.rounds, people=done.people)
        aside = tuple(file.name for file in put_aside_in(config.state.directory))
        if aside:
            say("purge-left", files=aside, why="put aside as damaged, they may still tell; kiosk purge --put-aside")
    if done.waits:
        say("purge-waits", rounds=done.waits, why="the centre does not have every record of them")


def _forget_brought(folder: Path) -> None:
    """What sticks brought in an earlier round: it was taken long ago."""
    try:
        for file in (*folder.glob("*/*.json"), *folder.glob("*/*.order")):
            overwrite(file)
    except OSError as error:
        say("purge-left", files=str(folder), why=error.strerror)


def forgotten(
    journal: Path, config: Config, now: Instant, rounds: Collection[str] = (), anyway: bool = False
) -> Purged:
    """As the point's configuration wants it; the rest is as `purge` says. Raises JournalError."""
    keep_ms, now_ms = config.records.keep_days * DAY_MS, now.wall_ms if now.trusted else None
    return purge(journal, config.point.round, keep_ms, now_ms, rounds, anyway)
