"""Whether a broker keeps what it takes, tells whoever comes late, and refuses what the rights forbid.

It is tried with messages of our own, which are taken away again. decisions: Brokers
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from kiosk.frozen import dataclass
from kiosk.office.broker_line import BrokerAt, BrokerLine, LineError

PROVEN = 1_100
"""Messages: of 1,056 a mosquitto as it comes gives 1,020 to whoever subscribes late, and says nothing."""
TREE = "sampling/check"
FORBIDDEN = "sampling/v1/check/check/check/check/check"
"""No kiosk's; whoever reads kiosks passes it over."""
NOT_AUTHORIZED = 0x87
"""MQTT 5, 2.4."""
LIMIT_S = 60.0
"""For whoever comes late to be told all: a broker to which 5,000 come back by TLS is busy for 40 s."""
_BODY = b"{}" + b" " * 62
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was seen, and where that is not as it must be, what to change."""

    subject: str
    is_good: bool
    words: str
    fix: str = ""


def findings(at: BrokerAt, has_rights: bool = True) -> Iterator[Finding]:
    """One after the other; `has_rights` where not everybody may say everything. Raises LineError where the broker
    cannot be judged: it is not there, lets nobody in, or is too slow."""
    tree = f"{TREE}/{secrets.token_hex(4)}"
    topics = [f"{tree}/{n}" for n in range(PROVEN)]
    try:
        yield from _told(at, tree, topics)
    finally:
        left = _cleared(at, [*topics, f"{tree}/last"])
    yield left
    if has_rights:
        yield _forbidden(at)
        if at.certificate is not None:
            yield _nameless(at)


def _told(at: BrokerAt, tree: str, topics: list[str]) -> Iterator[Finding]:
    refused = _with(at, (), lambda line: line.publish_all((topic, _BODY) for topic in topics))
    if refused:
        reason = min(refused.values())
        words = f"{len(refused)} of {PROVEN} retained messages were refused, reason 0x{reason:02X}"
        fix = f"Let this certificate read and write {TREE}/# (acl_file), and keep retain_available true"
        yield Finding("late", False, words, fix)
        return
    late = _with(at, (f"{tree}/#",), lambda line: _late(line, tree), qos=1)
    words = f"A late subscriber at QoS 1 was told {len(late & set(topics))} of {PROVEN} retained messages"
    fix = "Write max_queued_messages 1000000: it is 1000 if nothing is written, and the rest is dropped without a word"
    yield Finding("late", late >= set(topics), words, "" if late >= set(topics) else fix)


def _late(line: BrokerLine, tree: str) -> set[str]:
    """What is told until a message of our own comes back: it stands behind all that waited for us."""
    last, told = f"{tree}/last", set[str]()
    end = time.monotonic() + LIMIT_S
    while last not in told:
        heard = line.read(0.5)
        told |= {each.topic for each in heard}
        if not heard:
            line.publish(last, _BODY)
        if time.monotonic() > end:
            raise LineError(f"has told {len(told)} of {PROVEN} messages in {LIMIT_S:.0f} s: too busy to be judged")
    return told


def _cleared(at: BrokerAt, topics: list[str]) -> Finding:
    refused = _with(at, (), lambda line: line.publish_all((topic, b"") for topic in topics))
    if refused:
        return Finding("cleared", False, f"{len(refused)} messages of this check stand there still: {TREE}/#", "")
    return Finding("cleared", True, "The messages of this check were taken away again")


def _forbidden(at: BrokerAt) -> Finding:
    """A broker that lets it pass would let each kiosk speak for all others."""
    try:
        refused = _with(at, (), _says_what_is_forbidden)
    except LineError as error:
        words = f"It ended the line over a message that the rights forbid ({error})"
        fix = "Write max_queued_messages 1000000: with 0 mosquitto hangs up on whoever it refuses something"
        return Finding("rights", False, words, fix)
    reason = refused.get(FORBIDDEN)
    if reason is None:
        fix = "Name an acl_file: as it is, each kiosk may speak for all others. A point's own broker: --open"
        return Finding("rights", False, "A message that the rights should forbid was taken", fix)
    said = f"A message that the rights forbid was refused, reason 0x{reason:02X}"
    fix = "" if reason == NOT_AUTHORIZED else "Look in the broker's log why: by the rights it is 0x87"
    return Finding("rights", reason == NOT_AUTHORIZED, said, fix)


def _says_what_is_forbidden(line: BrokerLine) -> dict[str, int]:
    refused = line.publish_all([(FORBIDDEN, _BODY)])
    # Taken away again where it was taken; and where not, whoever hangs up does so by now.
    line.publish_all([(FORBIDDEN, b"")])
    return refused


def _nameless(at: BrokerAt) -> Finding:
    fix = "Write require_certificate true and allow_anonymous false, and no second listener without them"
    try:
        _with(replace(at, certificate=None, key=None), (), lambda _: None)
    except LineError:
        return Finding("certificates", True, "Whoever comes without a certificate is not let in")
    return Finding("certificates", False, "Whoever comes without a certificate is let in", fix)


def _with(at: BrokerAt, hears: Sequence[str], act: Callable[[BrokerLine], _T], qos: int = 0) -> _T:
    """One line at a time: a broker may know only one of a certificate."""
    line = BrokerLine(at, hears, qos)
    try:
        line.open()
        return act(line)
    finally:
        line.close()
