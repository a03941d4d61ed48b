"""What the centre has ordered, as rows."""

import sqlite3
from contextlib import suppress

from kiosk.journal import rows
from kiosk.model import Instant
from kiosk.model.orders import Became, Ordered, Withdraw
from kiosk.vouchers import order as orders
from kiosk.vouchers.envelope import SignedError


def hear(database: sqlite3.Connection, round_id: str, ordered: Ordered) -> None:
    row = (ordered.order.n, round_id, ordered.order.text, ordered.became, *rows.when(ordered.at))
    database.execute("INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def settle(database: sqlite3.Connection, n: int, became: Became) -> None:
    database.execute("UPDATE orders SET became = ? WHERE n = ?", (became, n))
    row = database.execute("SELECT text, round FROM orders WHERE n = ?", (n,)).fetchone()
    command = orders.read(row[0]).command if row is not None and became is Became.DONE else None
    if isinstance(command, Withdraw):
        listed = [(voucher, row[1]) for voucher in command.vouchers]
        database.executemany("INSERT OR IGNORE INTO withdrawn VALUES (?, ?)", listed)


def of_round(database: sqlite3.Connection, round_id: str) -> tuple[Ordered, ...]:
    """By their numbers. One whose text a flipped bit has spoiled is as one that was never heard."""
    found = database.execute(
        f"SELECT text, became, {rows.WHEN} FROM orders WHERE round = ? ORDER BY n", (round_id,)
    ).fetchall()
    known = []
    for text, became, boot, mono_ns, wall_ms, trusted in found:
        with suppress(SignedError):
            at = Instant(boot, mono_ns, wall_ms, bool(trusted))
            known.append(Ordered(orders.read(text), at, None if became is None else Became(became)))
    return tuple(known)
