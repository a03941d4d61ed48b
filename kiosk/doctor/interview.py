"""Sets up a printer with somebody who has never seen it: asks the machine, prints, asks the person."""

import unicodedata
from collections.abc import Callable

from kiosk.doctor.printer import Finding, Trial, profile, unfit
from kiosk.ports import PrinterFacts, PrinterFault, PrinterProbe
from kiosk.texts import Texts

YES, NO = frozenset({"y", "yes", "是"}), frozenset({"n", "no", "否"})
NAMES = ("maker", "model", "firmware", "serial", "font")


class Interview:
    """One set-up. `ask` shows a question and returns the line typed, or raises EOFError; `tell` shows a line."""

    def __init__(
        self, probe: PrinterProbe, texts: Texts, ask: Callable[[str], str], tell: Callable[[str], None]
    ) -> None:
        self._probe, self._texts, self._ask, self._tell = probe, texts, ask, tell

    def run(self) -> tuple[Finding, ...] | None:
        """What was found, None if it is not enough for a profile. Raises DeviceBusy, DeviceGone, DeviceSilent."""
        try:
            self._probe.open()
            self._say("asking")
            self._until_ready()
            facts = self._probe.facts()
            self._show(facts)
            self._calibrate()
        finally:
            self._probe.close()
        right = self._answers()
        return None if right is None else self._judged(facts, right)

    def _judged(self, facts: PrinterFacts, right: frozenset[Trial]) -> tuple[Finding, ...] | None:
        problems = unfit(right)
        for problem in problems:
            self._say(f"unfit.{problem}")
        return None if problems else profile(facts, right)

    def _until_ready(self) -> None:
        """Says what is to be done, once for each change, and goes on when it is done."""
        told: frozenset[PrinterFault] = frozenset()
        # One that said what it lacks and is silent now has been switched off for it.
        while not (state := self._probe.state()).ready or (told and not state.known):
            for fault in sorted(state.faults - told):
                self._say(f"fault.{fault}")
            told = state.faults or told

    def _show(self, facts: PrinterFacts) -> None:
        state = "silent" if not facts.state.known else "low" if facts.state.paper_low else "ready"
        self._say(f"state.{state}")
        for ability in ("asb", "process_id", "fence"):
            self._say(f"can.{ability}", answer=self._texts.say(f"doctor.{str(getattr(facts, ability)).lower()}"))
        for name in NAMES:
            if text := getattr(facts, name):
                self._say(f"names.{name}", text=text)

    def _calibrate(self) -> None:
        self._say("printing")
        while not self._probe.calibrate().ready:
            self._until_ready()
            self._say("printing-again")

    def _answers(self) -> frozenset[Trial] | None:
        given: dict[Trial, bool] = {}
        try:
            if not self._yes("came-out"):
                self._say("nothing-came-out")
                return None
            for trial in Trial:
                given[trial] = self._yes(f"question.{trial}")
        except EOFError:
            self._say("stopped", given=len(given), all=len(Trial))
            return None
        return frozenset(trial for trial, right in given.items() if right)

    def _yes(self, key: str) -> bool:
        while True:
            question = self._texts.say(f"doctor.{key}") + self._texts.say("doctor.choice")
            # A Chinese keyboard may type full-width letters.
            answer = unicodedata.normalize("NFKC", self._ask(question)).strip().casefold()
            if answer in YES | NO:
                return answer in YES
            self._say("yes-or-no")

    def _say(self, key: str, **values: object) -> None:
        self._tell(self._texts.say(f"doctor.{key}", **values))
