"""At the first start in a round: whom the kiosk met in rounds that are long over is forgotten before anybody comes."""

from kiosk.config import Config
from kiosk.journal import JournalError, is_due, purge
from kiosk.log import say
from kiosk.model import Instant

DAY_MS = 24 * 60 * 60 * 1000


def forget(config: Config, now: Instant) -> None:
    """A journal that does not let this be done now is served with: the next start tries again."""
    journal, records = config.state.directory / "journal.sqlite", config.records
    if not is_due(journal, config.point.round):
        return
    try:
        done = purge(journal, config.point.round, records.keep_days * DAY_MS, now.wall_ms if now.trusted else None)
    except JournalError as error:
        say("purge-failed", why=str(error))
        return
    if done.rounds:
        say("purged", rounds=done.rounds, people=done.people)
        aside = tuple(sorted(file.name for file in config.state.directory.glob("journal-damaged-*")))
        if aside:
            say("purge-left", files=aside, why="put aside as damaged, they may still tell; kiosk purge --put-aside")
    if done.waits:
        say("purge-waits", rounds=done.waits, why="the centre does not have every record of them")
