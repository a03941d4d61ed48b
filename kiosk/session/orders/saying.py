"""What staff are told of what the centre has ordered."""

from typing import assert_never
from zoneinfo import ZoneInfo

from kiosk.model.local_time import moment
from kiosk.model.orders import BeginRound, Collect, Command, RenewCodes, Say, Withdraw
from kiosk.session.notice import Notice


def said(command: Command, zone: ZoneInfo) -> Notice:
    """Once it is done, and for as long as it is shown."""
    match command:
        case Say(text):
            return Notice("order-say", (("text", text),))
        case Collect(at_s):
            return Notice("order-collect", (("at", f"{moment(zone, at_s):%H:%M}"),))
        case Withdraw(vouchers):
            return Notice("order-withdraw", (("n", str(len(vouchers))),))
        case RenewCodes(turn):
            return Notice("order-codes", (("turn", str(turn)),))
        case BeginRound(name):
            return Notice("order-round", (("round", name),))
        case never:
            assert_never(never)
