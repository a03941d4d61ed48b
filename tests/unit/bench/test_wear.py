"""What strace saw, added up: whole and torn calls, other files, calls that failed."""

from pathlib import Path

from wear import wear

STATE = Path("/srv/kiosk")
SEEN = """\
71 pwrite64(9</srv/kiosk/journal.sqlite-wal>, ""..., 24, 0) = 24
71 pwrite64(9</srv/kiosk/journal.sqlite-wal>, ""..., 1024, 48) = 1024
71 fdatasync(9</srv/kiosk/journal.sqlite-wal> <unfinished ...>
72 write(2<pipe:[412]>, ""..., 80) = 80
72 pwrite64(7</srv/kiosk/journal.sqlite>, ""..., 1024, 0 <unfinished ...>
71 <... fdatasync resumed>)              = 0
72 <... pwrite64 resumed>)               = 1024
71 write(5</srv/other/journal.mark>, ""..., 90) = 90
71 write(6</srv/kiosk/journal.new>, ""..., 90) = -1 ENOSPC (No space left on device)
71 fsync(8</srv/kiosk>)                  = 0
"""


def test_each_file_has_its_bytes_and_syncs():
    found = wear(SEEN.splitlines(keepends=True), STATE)
    assert found.bytes == {"journal.sqlite-wal": 1048, "journal.sqlite": 1024}
    assert found.syncs == {"journal.sqlite-wal": 1, "kiosk": 1}
