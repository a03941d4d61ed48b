"""What each signal means to a kiosk that serves: to stop in good order, or nothing."""

import signal
from collections.abc import Callable

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPWR)
"""Whoever sends one wants an end; without a handler it would leave lamps lit, and a beep going on."""
OF_A_TERMINAL = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
"""A kiosk that a terminal has halted would show READY and serve nobody."""
OF_NOBODY = (
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGALRM,
    signal.SIGVTALRM,
    signal.SIGPROF,
    signal.SIGIO,
    signal.SIGXCPU,
    signal.SIGSTKFLT,
    *range(signal.SIGRTMIN, signal.SIGRTMAX + 1),
)
"""Without a handler each ends the process at once. What remains is a fault's, or cannot be caught: the service
manager puts the lamps out then (`kiosk dark`)."""


class Ending:
    """Whether somebody has asked the process to end: of one table after the other, as another round begins."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """Also from a signal."""
        self.asked = True


def meet_signals(stop: Callable[[], None]) -> None:
    """To be called by the main thread; `stop` is called by it too, between two of its steps."""
    for number in ENDING:
        signal.signal(number, lambda *_: stop())
    for number in (*OF_A_TERMINAL, *OF_NOBODY):
        if signal.getsignal(number) is signal.SIG_DFL:
            # Not SIG_IGN, which children would inherit.
            signal.signal(number, lambda *_: None)
