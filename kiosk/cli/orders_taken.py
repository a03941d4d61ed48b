"""order take: the centre's orders, brought to a table by a stick."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.cli.options import Commands
from kiosk.cli.statuses import EXIT_CANNOT_CREATE, EXIT_NOT_READ, EXIT_UNAVAILABLE
from kiosk.config import read_config
from kiosk.frozen import dataclass
from kiosk.messages import Address
from kiosk.model.orders import Order, kind_of
from kiosk.vouchers.envelope import SignedError
from kiosk.vouchers.order import is_for, verify

LARGEST_BYTES = 2**20


def add(order: Commands) -> None:
    take = order.add_parser("take", help="at a table: take the orders that a stick brings")
    take.add_argument("path", type=Path, metavar="PATH", help="the stick or folder, or a file, of `kiosk order --out`")
    take.add_argument("--config", type=Path, required=True, metavar="FILE", help="the kiosk's TOML file")
    take.add_argument("--json", action="store_true", help="for programs")
    take.set_defaults(command=_take)


@dataclass(frozen=True, slots=True)
class Found:
    """`ours` are for this table in this round, `others` for others, `strange` not signed by the centre known here."""

    ours: tuple[Order, ...]
    others: int
    strange: int


def _take(options: argparse.Namespace) -> int:
    """The kiosk does the rest by itself, within seconds or at its next start."""
    from kiosk.app.addressing import address_of
    from kiosk.app.brought import FOLDER, put_order

    config = read_config(options.config)
    if config.orders is None:
        print(f"{options.config} names nobody who may order: write [orders] and the centre's key", file=sys.stderr)
        return EXIT_UNAVAILABLE
    address = address_of(config)
    try:
        found = _sorted(_texts(options.path), address, bytes.fromhex(config.orders.key))
    except OSError as error:
        print(f"{error.filename or options.path}: {error.strerror}. Nothing was taken.", file=sys.stderr)
        return EXIT_UNAVAILABLE
    try:
        for order in found.ours:
            put_order(order, config.state.directory / FOLDER)
    except OSError as error:
        print(f"{config.state.directory}: {error.strerror}. Run it again with the stick, by sudo.", file=sys.stderr)
        return EXIT_CANNOT_CREATE
    return _tell(found, address, options.json)


def _sorted(texts: Iterable[str], address: Address, key: bytes) -> Found:
    """Only what the centre has signed is kept in memory, and each once."""
    genuine, strange = dict[str, Order](), 0
    for text in texts:
        try:
            genuine[text] = verify(text, [key])
        except SignedError:
            strange += 1
    ours = tuple(order for order in genuine.values() if is_for(order, address.levels))
    return Found(ours, len(genuine) - len(ours), strange)


def _tell(found: Found, address: Address, for_programs: bool) -> int:
    if for_programs:
        taken = [{"n": order.n, "kind": str(kind_of(order.command))} for order in found.ours]
        print(json.dumps({"taken": taken, "others": found.others, "strange": found.strange}))
    else:
        for order in found.ours:
            print(f"{order.n}  {kind_of(order.command)}: the table does it in a quiet moment")
        print(f"{len(found.ours)} orders for {address.place}; {found.others} for other tables or rounds")
    if found.strange:
        why = "are not signed by the centre that this kiosk knows, and were not taken"
        print(f"{found.strange} {why}", file=sys.stderr)
    return 0 if found.ours and not found.strange else EXIT_NOT_READ


def _texts(path: Path) -> Iterator[str]:
    """Raises OSError. What is no file is passed over: a pipe of that name would be waited for without end."""
    if path.is_dir():
        # What cannot be looked into would be as one that is empty.
        next(path.iterdir(), None)
    files = filter(Path.is_file, path.rglob("*.order")) if path.is_dir() else (path,)
    for file in files:
        with file.open("rb") as data:
            lines = data.read(LARGEST_BYTES).decode("ascii", "replace").splitlines()
        yield from filter(None, map(str.strip, lines))
