"""One table put together: what runs, and the scanners alone."""

import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from kiosk.app.addressing import address_of
from kiosk.app.brought import BroughtWatch
from kiosk.app.clock import Clock
from kiosk.app.code_forms import codes_of_turn, forms_of
from kiosk.app.fares import FareWatch
from kiosk.app.fitting import back_off_of, broker_of, panel_of, printer_of, scanner_of
from kiosk.app.forgetting import forget
from kiosk.app.keys import (
    begun_by,
    check_keys,
    mark_of,
    opened_round_key,
    read_authority,
    read_key,
    read_round_key,
    read_seed,
)
from kiosk.app.lock import alone
from kiosk.app.notify import Notifier
from kiosk.app.recalling import recall
from kiosk.app.roster_file import TOLD, RosterWatch, keep_told, read_file, roster_in
from kiosk.app.signals import Ending, meet_signals
from kiosk.app.ways import Ways
from kiosk.config import Config
from kiosk.config.ordered import FILE, kept, last_begun
from kiosk.credentials import Credential, Forms, OrderCode, Rejected, ordered, understand
from kiosk.doctor.live_scans import watch
from kiosk.engine.attendants import Attendant, Crew, PanelAttendant, PrinterAttendant, ScannerAttendant
from kiosk.engine.back_off import broker as broker_back_off
from kiosk.engine.budget import budget
from kiosk.engine.engine import Engine, Outlets, Secrets
from kiosk.engine.inbox import Delivered, Inbox, Item, NotPrinted, Printed, Trace, new_inbox
from kiosk.engine.publisher import Publisher
from kiosk.journal import replace_whole
from kiosk.layouts import Letterhead, lay_out
from kiosk.log import catch_up, say
from kiosk.log.seldom import Seldom
from kiosk.messages.gauges import Fare, gauges
from kiosk.messages.status import connection, status
from kiosk.model import Counters, Handover, JobState, PrintJob, Role, Sample
from kiosk.model.changes import Recalled
from kiosk.model.local_time import local_date
from kiosk.model.orders import BeginRound, Order
from kiosk.ports import Broker, Message, Scan, Signal
from kiosk.session import Notice, Plan, State
from kiosk.session.plan import Badges
from kiosk.texts import Texts
from kiosk.vouchers.manifest import manifest_of, sign
from kiosk.vouchers.token import Signer, claims_of

if TYPE_CHECKING:
    from kiosk.app.screens import Screens

THREAD_SWITCH_S = 0.0005
"""Python's default of 5 ms would let a busy thread hold up the scan's way to the printer."""
STOP_S = 2.0
"""For all devices together to end; one that hangs in a call is left behind."""


def watch_scans(config: Config, credentials: Path | None, stopping: threading.Event) -> Iterator[str]:
    """A line for each thing that happens at the scanners; without credentials staff codes are unknown ones.
    Raises ConfigError."""
    clock = Clock(config.point.clock == "trusted")
    forms = forms_of(config, read_key(credentials, "staff-key") if credentials else None)
    zone = ZoneInfo(config.point.timezone)
    scanners = {table.name: scanner_of(table) for table in config.scanner}

    def understood(scan: Scan) -> Credential | Rejected:
        clock.look()
        at = clock()
        return understand(scan, forms, local_date(zone, at), at.known_s)

    return watch(scanners, understood, time.monotonic_ns, stopping)


class Kiosk:
    """All parts of one table, put together and not yet started. Raises ConfigError, JournalError."""

    def __init__(self, config: Config, credentials: Path | None, clock: Clock, ending: Ending | None = None) -> None:
        self._config, self._clock = config, clock
        self._notifier = Notifier(os.environ)
        self._ending = ending or Ending()
        self._texts = Texts(config.point.language)
        self._address = address_of(config)
        self._inbox = new_inbox()
        authority = read_authority(config.records.authority_key, self._address.place)
        place = "" if authority is None else self._address.place
        round_key, staff_key = read_round_key(config, credentials), read_key(credentials, "staff-key")
        seed = read_seed(credentials)
        self._secrets = secrets = Secrets(
            round_key,
            authority,
            partial(codes_of_turn, config, staff_key),
            lambda order: self._is_usable(order, seed),
        )
        forms = forms_of(config, staff_key)
        self._signer = signer = Signer(seed)
        self._sign, self._sign_manifest = _signing(config, signer)
        self._lock = alone(config.state.directory)
        self._begun = last_begun(config)
        self._round_ends, self._seldom = False, Seldom()
        forget(config, clock())
        self._journal, known = recall(
            config.state.directory,
            config.point.round,
            config.tubes.block,
            lambda journal: check_keys(journal, config.point.round, secrets.round_key, signer, place),
            self._address.place,
        )
        self._rounds = self._journal.begun()
        # A slip in doubt may still hang out: it is cut off before the next one.
        self._printers = self._printer_attendants(_interrupted(known, config))
        self._returned: list[NotPrinted] = []
        """Slips that were to be printed when the kiosk was stopping."""
        panel = panel_of(config.panel, config.state.directory)
        self._panel = None if panel is None else PanelAttendant("panel", self._inbox, panel, time.monotonic_ns)
        self._publisher = self._publisher_of(broker_of(config, credentials, clock), known.counters, forms)
        self._ways = Ways()
        self._screens = self._screens_of(config)
        self._fares = self._fares_of(config)
        self._brought = BroughtWatch(self._inbox, config.state.directory, self._address, time.monotonic_ns)
        out = Outlets(self._print, self._show, self._publish, timed=self._ways.note, hear_again=self._hear_again)
        if self._screens is not None:
            out = replace(out, view=self._screens.offer)
        plan = _plan(config, mark_of(secrets.round_key, config.point.round), self._begun)
        self._engine = Engine(
            self._journal,
            State.recalled(plan, known),
            forms,
            secrets,
            clock,
            out,
        )
        self._roster = self._roster_watch(secrets.round_key)
        self._crew = Crew(tuple(self._members()), time.monotonic_ns)
        self.left_behind: tuple[str, ...] = ()
        """The devices whose threads hang in a call when all is over: the process must not wait for them."""

    def run(self) -> None:
        """Serves until a signal asks it to stop. Raises JournalError, or RuntimeError for a fault of ours."""
        sys.setswitchinterval(THREAD_SWITCH_S)
        meet_signals(self._ending.ask)
        self._crew.start()
        try:
            self._serve()
        except BaseException:
            self._notifier.stopping()
            self._stop_crew(lambda: None)
            raise
        if not self.begins_anew:
            # A process that says so and goes on is killed by systemd after TimeoutStopSec.
            self._notifier.stopping()
        self._settle()
        self._journal.close()
        self._lock.close()

    def _is_usable(self, order: Order, seed: bytes) -> bool:
        """Whether the key of a round that is ordered was sealed for here; where that round was begun before it must be
        the one with which it was: with another the kiosk would not start."""
        if not isinstance(order.command, BeginRound):
            return True
        round_id = order.command.round
        place = replace(self._address, round=round_id).place
        key, before = opened_round_key(order.command, place, seed), self._rounds.get(round_id)
        if key is None or before is None:
            return key is not None
        is_sealed = self._secrets.authority is not None
        return all(before.agrees(begun_by(key, round_id, self._signer, place if is_sealed else "")))

    @property
    def begins_anew(self) -> bool:
        """Whether it ended because the centre has ordered another round: it is to be started again, by that."""
        return self._round_ends and not self._ending.asked

    @property
    def _is_ending(self) -> bool:
        return self._ending.asked or self._round_ends

    def _end_round(self) -> None:
        """Once it is on the disk which round follows; till then this one goes on."""
        ordered = self._engine.state.orders.next_round
        if ordered is None or ordered.n <= self._begun:
            return
        try:
            replace_whole(self._config.state.directory / FILE, kept(ordered, self._config))
        except OSError as error:
            if self._seldom.may("round", time.monotonic_ns()):
                say("round-goes-on", round=self._config.point.round, why=error.strerror)
            return
        self._round_ends = True
        say("round-ends", round=self._config.point.round)

    def _serve(self) -> None:
        self._engine.start()
        self._notifier.ready("serving")
        say("ready", since_start_s=round(_age_s(), 3), undelivered=self._journal.unacknowledged())
        self._engine.run(self._inbox, self._beat, lambda: self._is_ending)

    def _members(self) -> Iterable[Attendant]:
        for table in self._config.scanner:
            scanner, back_off = scanner_of(table), back_off_of(table)
            yield ScannerAttendant(table.name, self._inbox, scanner, table.hand, time.monotonic_ns, back_off)
        yield from self._printers.values()
        if self._panel is not None:
            yield self._panel
        if self._publisher is not None:
            yield self._publisher
        if self._roster is not None:
            yield self._roster
        if self._screens is not None:
            yield self._screens
        if self._fares is not None:
            yield self._fares
        yield self._brought

    def _printer_attendants(self, interrupted: set[str]) -> dict[str, PrinterAttendant]:
        point = self._config.point
        name = f"{point.point}-{point.kiosk}"
        sheet = Letterhead(
            name,
            ZoneInfo(point.timezone),
            self._texts,
            self._sign,
            self._sign_manifest,
            transport_min=self._config.handover.limit_min,
            asked_of_driver=tuple(self._config.handover.ask),
        )
        heads = {
            table.name: replace(sheet, paper_mm=table.paper_mm, own_columns=table.columns)
            for table in self._config.printer
        }
        return {
            table.name: PrinterAttendant(
                table.name,
                self._inbox,
                printer_of(table, index),
                lambda job: lay_out(job, heads[job.printer]),
                table.name in interrupted,
                time.monotonic_ns,
                back_off_of(table),
            )
            for index, table in enumerate(self._config.printer, start=1)
        }

    def _screens_of(self, config: Config) -> "Screens | None":
        if config.screen is None:
            return None
        from kiosk.app.screens import Screens, Stand

        zone, journal = ZoneInfo(config.point.timezone), config.state.directory / "journal.sqlite"
        round_id, unsaid = config.point.round, lambda: self._journal.unsaid
        stand = Stand(config.screen.socket, journal, round_id, zone, self._texts, unsaid, self._ways)
        return Screens(self._inbox, stand, self._clock)

    def _fares_of(self, config: Config) -> FareWatch | None:
        publisher = self._publisher
        if publisher is None:
            return None

        def tell(fare: Fare) -> None:
            publisher.offer([gauges(self._address, self._engine.state.counters, self._clock(), fare)])

        journal = config.state.directory / "journal.sqlite"
        return FareWatch(self._inbox, journal, config.point.round, time.monotonic_ns, self._ways, tell)

    def _roster_watch(self, round_key: bytes) -> RosterWatch | None:
        table, point = self._config.roster, self._config.point
        if table is None:
            return None
        reader = partial(read_file, table=table, round_id=point.round, point=point.point, round_key=round_key)
        files = table.file, self._config.state.directory / TOLD
        return RosterWatch(self._inbox, files, reader, time.monotonic_ns)

    def _publisher_of(self, broker: Broker | None, counters: Counters, forms: Forms) -> Publisher | None:
        if broker is None:
            return None
        table, started = self._config.broker, counters.seq
        assert table is not None  # noqa: S101 - it names the broker

        def status_of(state: Literal["online", "offline", "lost"], n: int) -> Message:
            now = self._engine.state.counters
            return status(self._address, state, now, self._clock(), connection(started, n))

        own, back_off = self._address, broker_back_off(table.longest_pause_s)
        counts = budget(table.counts_bytes_a_minute)
        return Publisher(
            "broker",
            self._inbox,
            broker,
            own,
            status_of,
            time.monotonic_ns,
            table.tables,
            back_off,
            counts,
            self._keep_roster,
            lambda text: isinstance(ordered(text, forms), OrderCode),
        )

    def _keep_roster(self, data: bytes) -> None:
        """Sent by the centre. On the publisher's thread."""
        table, point = self._config.roster, self._config.point
        if table is None:
            say("roster-not-taken", why="the configuration names no roster, and so not whose word is genuine")
            return
        reader = partial(
            roster_in, table=table, round_id=point.round, point=point.point, round_key=self._secrets.round_key
        )
        keep_told(data, self._config.state.directory / TOLD, reader)

    def _settle(self) -> None:
        """What the devices' threads say last is still written down."""
        self._stop_crew(self._take_last_words)
        for returned in self._returned:
            self._engine.take(returned)
        self._engine.rest()

    def _stop_crew(self, meanwhile: Callable[[], None]) -> None:
        self.left_behind = self._crew.stop(STOP_S, meanwhile)
        if self.left_behind:
            say("left-behind", devices=self.left_behind)

    def _take_last_words(self) -> None:
        """What became of slips and messages. Whoever showed a code and was not answered yet shows it again."""
        for item in _emptied(self._inbox):
            if isinstance(item, Printed | NotPrinted | Delivered):
                self._engine.take(item)

    def _beat(self) -> None:
        self._clock.look()
        for item in self._crew.overdue():
            self._engine.take(item)
        self._notifier.alive()
        self._end_round()
        if self._screens is not None:
            self._screens.beat()
        catch_up()

    def _print(self, printer: str, jobs: tuple[PrintJob, ...], trace: Trace | None) -> None:
        if self._is_ending:
            # The printer's thread has ended or will: what it was not given is not in doubt. Not by way of the inbox,
            # which nobody but this thread empties.
            self._returned.append(NotPrinted(printer, jobs))
        else:
            self._printers[printer].submit(jobs, trace)

    def _show(self, shown: Signal, notice: Notice) -> None:
        if self._panel is not None:
            self._panel.show(shown)
        text = self._texts.notice(notice.key, dict(notice.values))
        say("notice", signal=shown, key=notice.key, text=text)

    def _hear_again(self) -> None:
        self._brought.again()
        if self._publisher is not None:
            self._publisher.hear_again()

    def _publish(self, outgoing: Iterable[Message]) -> None:
        if self._publisher is not None:
            self._publisher.offer(outgoing)


def _interrupted(known: Recalled, config: Config) -> set[str]:
    """The printers under whose cutter a slip may hang out: a journal that lost its end does not know."""
    if known.loss is not None:
        return {table.name for table in config.printer}
    left = (job for job in known.left_over.jobs if job.state is not JobState.QUEUED)
    return {job.printer for job in (*known.sending, *known.doubtful, *left)}


def _emptied(inbox: Inbox) -> Iterator[Item]:
    with suppress(queue.Empty):
        while True:
            yield inbox.get(timeout=0)


def _signing(config: Config, signer: Signer) -> tuple[Callable[[Sample], str], Callable[[Handover], str]]:
    point = config.point
    issuer = f"{point.round}/{point.point}/{point.kiosk}"
    return (
        lambda sample: signer.sign(claims_of(sample, issuer)),
        lambda handover: sign(manifest_of(handover, issuer), signer),
    )


def _plan(config: Config, mark: str, begun: int = 0) -> Plan:
    return Plan(
        address=address_of(config),
        pool_size=config.tubes.pool_size,
        source=config.tubes.usual_source,
        suppliers=config.tubes.suppliers,
        order=config.tubes.order,
        printers={role: tuple(table.name for table in config.printer if role in table.prints) for role in Role},
        zone=ZoneInfo(config.point.timezone),
        same_scan_ns=int(config.rules.same_scan_s * 1e9),
        without_paper=config.rules.accept_without_paper,
        building=config.tubes.building,
        open_limit_ms=config.tubes.open_limit_min * 60_000,
        closing_slip=config.tubes.closing_slip,
        transport_limit_ms=config.handover.limit_min * 60_000,
        bags=config.handover.bags,
        badges=Badges(config.staff.badges),
        records=config.records.authority_key is not None,
        # Without a broker a stick may still bring the people of others.
        tables=config.broker is None or config.broker.tables,
        mark=mark,
        begun=begun,
        visits=config.point.mode == "home-visit",
        call_at_percent=_call_at(config),
        scanners=tuple(table.name for table in config.scanner),
    )


def _call_at(config: Config) -> int | None:
    """From door to door nobody is called."""
    table = config.roster
    return None if table is None or config.point.mode == "home-visit" else table.call_at_percent


def _age_s() -> float:
    """Seconds since this process began, by the kernel's count."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
