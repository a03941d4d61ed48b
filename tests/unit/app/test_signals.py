"""Each signal that there is has a meaning to a kiosk that serves."""

import signal

from kiosk.app.signals import ENDING, OF_A_TERMINAL, OF_NOBODY

OF_A_FAULT = {
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGSEGV,
    signal.SIGSYS,
    signal.SIGTRAP,
}
"""The process cannot go on; the service manager puts the lamps out."""
NEVER_CAUGHT = {signal.SIGKILL, signal.SIGSTOP}
PYTHON_IGNORES = {signal.SIGPIPE, signal.SIGXFSZ}
THE_KERNEL_IGNORES = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}


def test_no_signal_ends_or_halts_a_kiosk_by_an_oversight():
    met = {*ENDING, *OF_A_TERMINAL, *OF_NOBODY}
    rest = set(signal.valid_signals()) - met - OF_A_FAULT - NEVER_CAUGHT - PYTHON_IGNORES - THE_KERNEL_IGNORES
    assert rest == set()
    assert not met & (OF_A_FAULT | NEVER_CAUGHT)
