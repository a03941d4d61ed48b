"""The exit statuses, those of sysexits where it has one."""

EXIT_UNFINISHED = 1
"""The printer is unfit, or not all questions were answered: nothing was written."""
EXIT_NOT_GENUINE = 1
EXIT_NOT_OPENED = 1
"""A record could not be opened with this key."""
EXIT_UNKNOWN_TUBE = 1
EXIT_UNTOLD = 1
"""What is on the stick is whole, and something that belongs there was not told yet."""
EXIT_DISAGREES = 1
"""A delivery is not what its manifests say."""
EXIT_NOT_READ = 1
"""A picture could not be opened."""
EXIT_NO_ROSTER = 1
"""The kiosk has no list of the round, or none of that unit."""
EXIT_NOTHING_HEARD = 1
"""Nothing stands at the broker."""
EXIT_UNSOUND = 1
"""A broker would lose messages, or lets anybody say anything."""
EXIT_LIT = 1
"""Not all lamps could be put out."""
EXIT_UNAVAILABLE = 69
"""EX_UNAVAILABLE: a part that is not installed, a device that is not there."""
EXIT_FAULT = 70
"""EX_SOFTWARE: a fault of ours; the service manager starts the kiosk again."""
EXIT_CANNOT_CREATE = 73
"""EX_CANTCREAT: the demo's results or a profile have no place."""
EXIT_UNPROVISIONED = 72
"""EX_OSFILE: there is no configuration yet; nothing is broken, and the service manager does not try again."""
EXIT_JOURNAL = 74
"""EX_IOERR: the kiosk must not serve without its journal."""
EXIT_BUSY = 75
"""EX_TEMPFAIL: the kiosk itself has the device."""
EXIT_CONFIG = 78
"""EX_CONFIG: the service manager does not start the kiosk again until a human has mended the file."""
EXIT_INTERRUPTED = 130
