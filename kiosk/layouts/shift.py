"""The report of a shift: the counts of the round so far, and why people were sent away."""

from collections.abc import Iterator

from kiosk.layouts.letterhead import Letterhead, grouped
from kiosk.model import Shift
from kiosk.ports import Align, Element, Pair, Rule, Space, Text


def report(shift: Shift, head: Letterhead) -> tuple[Element, ...]:
    totals = shift.totals
    return (
        *head.title("report"),
        head.field("point", head.point),
        head.field("until", head.time(shift.at)),
        Space(10),
        Text(head.say("sampled", n=totals.samples - totals.voided), width=2, height=2, bold=True, align=Align.CENTRE),
        Space(10),
        Rule(),
        Space(8),
        *_rows(shift, head),
        *_refusals(shift, head),
        *_acts(shift, head),
        *head.signature("reported-by"),
        Space(8),
    )


def _rows(shift: Shift, head: Letterhead) -> Iterator[Element]:
    totals = shift.totals
    counts = {"samples": totals.samples, "voided": totals.voided, "exempt": totals.exempt, "tubes": totals.tubes}
    for key, n in (counts | {"labels": totals.labels, "vouchers": totals.vouchers}).items():
        yield Pair(Text(head.say(f"count.{key}")), Text(str(n)))
    if shift.open is not None:
        filled = head.say("people-of", filled=shift.open.filled, capacity=shift.open.capacity)
        yield Pair(Text(head.say("in-use", code=grouped(shift.open.code) if shift.open.code else "-")), Text(filled))


def _refusals(shift: Shift, head: Letterhead) -> Iterator[Element]:
    """The most frequent first."""
    refused = sorted(shift.totals.refused.items(), key=lambda each: (-each[1], each[0]))
    if refused:
        yield from (Space(8), Rule(), Space(8))
        yield Pair(Text(head.say("count.refused"), bold=True), Text(str(sum(n for _, n in refused)), bold=True))
    for reason, n in refused:
        yield Pair(Text("  " + head.texts.say(f"refusal.{reason}")), Text(str(n)))


def _acts(shift: Shift, head: Letterhead) -> Iterator[Element]:
    """What staff did, the most frequent first."""
    done = sorted(shift.acts.items(), key=lambda each: (-each[1], each[0]))
    if done:
        yield from (Space(8), Rule(), Space(8))
        yield Pair(Text(head.say("count.acts"), bold=True), Text(str(sum(n for _, n in done)), bold=True))
    for action, n in done:
        yield Pair(Text("  " + head.texts.say(f"action.{action}")), Text(str(n)))
    for act in shift.taken_back:
        yield Text(f"  {head.clock(act.at)} {act.badge or '-':<5} {head.texts.say(f'action.{act.action}')}")
        yield Text(f"    {act.about}")
