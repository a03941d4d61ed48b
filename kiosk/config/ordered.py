"""The round that the centre has ordered: it holds in place of the file's, until the file itself names another."""

import json

from kiosk.config.file import Config
from kiosk.config.mistakes import ConfigError, Mistake
from kiosk.model.orders import BeginRound, Order
from kiosk.vouchers.envelope import SignedError
from kiosk.vouchers.order import verify

FILE = "round.json"
"""In the state directory: the order, and in which round of the configuration's file it came."""


def in_force(config: Config) -> Config:
    """With the round that holds. Raises ConfigError where an order lies there that cannot be read."""
    since, order = _last(config)
    if order is None or since != config.point.round or not isinstance(order.command, BeginRound):
        return config
    point = config.point.model_copy(update={"round": order.command.round})
    held = config.model_copy(update={"point": point})
    held.begin(since, order.command)
    return held


def go_on(config: Config) -> Config:
    """With the round that was ordered since, and else as it is. Raises ConfigError."""
    point = config.point.model_copy(update={"round": config.filed_round})
    return in_force(config.model_copy(update={"point": point}))


def last_begun(config: Config) -> int:
    """The number of the order that was carried out last, whether its round still holds or not; 0: none was. Raises
    ConfigError."""
    _, order = _last(config)
    return 0 if order is None else order.n


def kept(order: Order, config: Config) -> bytes:
    """What the file holds, once this is the order."""
    return json.dumps({"from": config.filed_round, "order": order.text}).encode()


def _last(config: Config) -> tuple[str, Order | None]:
    if config.orders is None:
        return "", None
    file = config.state.directory / FILE
    try:
        found = json.loads(file.read_bytes())
        return str(found["from"]), verify(found["order"], [bytes.fromhex(config.orders.key)])
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return "", None
    except OSError as error:
        raise _wrong(str(file), str(error.strerror)) from error
    except (ValueError, KeyError, TypeError, AttributeError, SignedError) as error:
        raise _wrong(str(file), "holds no order of the centre") from error


def _wrong(file: str, why: str) -> ConfigError:
    fix = "Name the round in the configuration, point.round, and take this file away"
    return ConfigError("config", [Mistake("orders", f"{file}: {why}", fix)])
