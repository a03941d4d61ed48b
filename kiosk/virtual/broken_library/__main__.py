"""The command `kiosk` with one call of one device broken from the moment that a file is there:
python -m kiosk.virtual.broken_library DEVICE KIND CALL hang|linger|hold|raise FILE COMMAND..."""

import runpy
import sys
import threading
import time
from pathlib import Path

from kiosk.virtual.broken_library import PLACES, Behaviour, BrokenLibrary, Hang, Hold, Linger, Raise

LOOK_S = 0.02
HELD_S = 2.0
BEHAVIOURS: dict[str, Behaviour] = {
    "hang": Hang(),
    "linger": Linger(),
    "hold": Hold(HELD_S),
    "raise": Raise(lambda: SystemExit("a library of bad manners")),
}


def _break_when(file: Path, library: BrokenLibrary, behaviour: Behaviour) -> None:
    while not file.exists():
        time.sleep(LOOK_S)
    # Before it holds what it takes to say so.
    sys.stderr.write('{"event": "broken"}\n')
    library.behaviour = behaviour
    if isinstance(behaviour, Hold):
        # One call, or two.
        time.sleep(behaviour.seconds / 2)
        library.behaviour = None


def main() -> None:
    device, kind, call, behaviour, file, *command = sys.argv[1:]
    sys.argv[1:] = command
    with BrokenLibrary(device, *PLACES[kind][call]) as library:
        watch = (Path(file), library, BEHAVIOURS[behaviour])
        threading.Thread(target=_break_when, args=watch, daemon=True).start()
        runpy.run_module("kiosk", run_name="__main__")


main()
