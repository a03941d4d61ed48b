-- What staff did: who, when, what it was about. A report says how often each since the round began.
CREATE TABLE acts (
  id      INTEGER PRIMARY KEY,
  round   TEXT    NOT NULL,
  action  TEXT    NOT NULL,
  about   TEXT    NOT NULL,
  badge   TEXT    NOT NULL,
  boot    TEXT    NOT NULL,
  mono_ns INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  trusted INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_acts ON acts (boot) WHERE trusted = 0;
CREATE INDEX acts_of_a_round ON acts (round, action);
ALTER TABLE shifts ADD COLUMN acts TEXT NOT NULL DEFAULT '{}';
