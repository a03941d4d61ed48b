-- Whom other tables of the point have registered, as they tell it, and as of which commit of theirs each sheet is known.
CREATE TABLE others (
  round  TEXT    NOT NULL,
  key    BLOB    NOT NULL,
  kiosk  TEXT    NOT NULL,
  epoch  TEXT    NOT NULL,
  sheet  INTEGER NOT NULL,
  n      INTEGER,
  tube   TEXT,
  at_ms  INTEGER,
  reason TEXT,
  PRIMARY KEY (round, key, kiosk, epoch, sheet)
) STRICT, WITHOUT ROWID;
CREATE INDEX others_of_a_sheet ON others (round, kiosk, epoch, sheet);

CREATE TABLE sheets (
  round TEXT    NOT NULL,
  kiosk TEXT    NOT NULL,
  epoch TEXT    NOT NULL,
  sheet INTEGER NOT NULL,
  seq   INTEGER NOT NULL,
  PRIMARY KEY (round, kiosk, epoch, sheet)
) STRICT, WITHOUT ROWID;
