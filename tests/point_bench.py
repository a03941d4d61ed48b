"""Several tables of one point without devices, and the broker between them: it keeps the last word of each topic."""

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.engine.inbox import SheetRead
from kiosk.messages import Address
from kiosk.messages.people import sheet_of
from kiosk.ports import Message
from table_bench import Bench, plan_of


@dataclass
class Point:
    """`between` are words on their way, table by table; each table's own clock runs by itself."""

    folder: Path
    names: tuple[str, ...] = ("a", "b")
    changes: dict[str, object] = field(default_factory=dict)
    tables: dict[str, Bench] = field(default_factory=dict)
    retained: dict[str, Message] = field(default_factory=dict)
    between: dict[str, list[Message]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    """Tables that the broker does not hear."""

    def __post_init__(self) -> None:
        self.between = {name: [] for name in self.names}
        for name in self.names:
            self.switch_on(name)

    def switch_on(self, name: str) -> Bench:
        """A power-on, on the journal that is there."""
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        plan = plan_of(address=Address("cn", "r1", "wy-0352", name), tables=True, **self.changes)
        before = self.tables.get(name)
        table = Bench(self.folder / name / "journal.sqlite", plan, block=f"035{self.names.index(name)}")
        table.seconds = 0.0 if before is None else before.seconds
        self.tables[name] = table
        table.start()
        table.finish()
        self.say(name)
        self.hear_all(name)
        return table

    def switch_off(self, name: str, lost: bool = False) -> None:
        """A pulled plug; `lost`: and the card is gone."""
        self.tables[name].journal.abandon()
        if lost:
            for file in (self.folder / name).iterdir():
                file.unlink()

    def say(self, name: str) -> None:
        """What a table has published since goes out, unless it is cut off."""
        if name in self.cut:
            return
        said, self.tables[name].published = self.tables[name].published, []
        for message in said:
            self.retained[message.topic] = message
            for other in self.names:
                if other not in self.cut:
                    self.between[other].append(message)

    def hear(self, name: str, at: int = 0) -> None:
        """One word reaches a table."""
        message = self.between[name].pop(at % len(self.between[name]))
        self.deliver(name, message)

    def hear_what_is_said(self, name: str) -> None:
        """And nothing rests meanwhile."""
        while self.between[name]:
            self.hear(name)

    def deliver(self, name: str, message: Message) -> None:
        table = self.tables[name]
        sheet = sheet_of(message.topic, message.payload, table.plan.address)
        if sheet is not None:
            table.engine.take(SheetRead(sheet))

    def hear_all(self, name: str) -> None:
        """As after each connection: the broker tells all that it keeps, and what was on its way is lost."""
        if name not in self.cut:
            self.between[name] = []
            for message in list(self.retained.values()):
                self.deliver(name, message)
            self.rest(name)

    def rest(self, name: str) -> None:
        table = self.tables[name]
        for _ in range(200):
            table.engine.rest()
            if not table.state.tables.heard and not table.state.tables.untold:
                return
        raise AssertionError("a table does not come to rest")

    def settle(self) -> None:
        """Everybody is connected anew and hears everybody until nothing is new."""
        self.cut.clear()
        for name in self.names:
            self.hear_all(name)
        for _ in range(3):
            for name in self.names:
                self.rest(name)
                self.say(name)
            for name in self.names:
                self.hear_what_is_said(name)
                self.rest(name)

    def close(self) -> None:
        for table in self.tables.values():
            table.journal.close()
