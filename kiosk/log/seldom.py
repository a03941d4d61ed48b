"""What is said once, and then rarely: a device that is tried each second must not fill the log with one sentence."""

AGAIN_NS = 3600 * 1_000_000_000
"""An hour."""
MOST = 32
"""Kinds that are remembered; beyond them the oldest is."""


class Seldom:
    """Of one device. Used by one thread."""

    def __init__(self) -> None:
        self._said_ns: dict[str, int] = {}

    def may(self, kind: str, now_ns: int, again_ns: int = AGAIN_NS) -> bool:
        """Whether to say it now (monotonic)."""
        said_ns = self._said_ns.get(kind)
        if said_ns is not None and now_ns - said_ns < again_ns:
            return False
        self._said_ns.pop(kind, None)
        self._said_ns[kind] = now_ns
        if len(self._said_ns) > MOST:
            del self._said_ns[next(iter(self._said_ns))]
        return True
