-- Who is expected: keyed hashes and masks. `rosters` is written last, once all of a list is here.
CREATE TABLE rosters (
  round  TEXT    PRIMARY KEY,
  made_s INTEGER NOT NULL,
  units  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE expected (
  round      TEXT    NOT NULL,
  person_key BLOB    NOT NULL,
  name       TEXT    NOT NULL,
  unit       TEXT    NOT NULL,
  flat       TEXT    NOT NULL,
  floor      INTEGER,
  status     TEXT    NOT NULL,
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX expected_of_a_unit ON expected (round, unit);

-- One who was sampled by a health code and showed the card, too.
CREATE TABLE links (
  round      TEXT    NOT NULL,
  person_key BLOB    NOT NULL,
  sample_seq INTEGER NOT NULL REFERENCES samples (seq),
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE calls (
  id      INTEGER PRIMARY KEY,
  round   TEXT    NOT NULL,
  unit    TEXT    NOT NULL,
  boot    TEXT    NOT NULL,
  mono_ns INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  trusted INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_calls ON calls (boot) WHERE trusted = 0;
CREATE INDEX calls_of_a_round ON calls (round);

CREATE TABLE missing_lists (
  id       INTEGER PRIMARY KEY,
  round    TEXT    NOT NULL,
  unit     TEXT    NOT NULL,
  expected INTEGER NOT NULL,
  sampled  INTEGER NOT NULL,
  exempt   INTEGER NOT NULL,
  absent   TEXT    NOT NULL,
  boot     TEXT    NOT NULL,
  mono_ns  INTEGER NOT NULL,
  wall_ms  INTEGER NOT NULL,
  trusted  INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_missing_lists ON missing_lists (boot) WHERE trusted = 0;

-- A slip may be about such a list too.
CREATE TABLE slips (
  id          INTEGER PRIMARY KEY,
  kind        TEXT    NOT NULL,
  printer     TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  tube_id     INTEGER REFERENCES tubes (id),
  sample_seq  INTEGER REFERENCES samples (seq),
  shift_id    INTEGER REFERENCES shifts (id),
  handover_id INTEGER REFERENCES handovers (id),
  tally_id    INTEGER REFERENCES tallies (id),
  missing_id  INTEGER REFERENCES missing_lists (id),
  copy        INTEGER NOT NULL,
  reason      TEXT,
  settlement  TEXT,
  boot        TEXT    NOT NULL,
  mono_ns     INTEGER NOT NULL,
  wall_ms     INTEGER NOT NULL,
  trusted     INTEGER NOT NULL,
  CHECK (
    (tube_id IS NOT NULL) + (sample_seq IS NOT NULL) + (shift_id IS NOT NULL) + (handover_id IS NOT NULL)
    + (tally_id IS NOT NULL) + (missing_id IS NOT NULL) = 1
  )
) STRICT;
INSERT INTO slips
  SELECT id, kind, printer, state, tube_id, sample_seq, shift_id, handover_id, tally_id, NULL, copy, reason, settlement,
  boot, mono_ns, wall_ms, trusted FROM jobs;
DROP TABLE jobs;
ALTER TABLE slips RENAME TO jobs;
CREATE UNIQUE INDEX one_label_a_copy ON jobs (tube_id, copy) WHERE kind = 'label';
CREATE UNIQUE INDEX one_voucher_a_copy ON jobs (sample_seq, copy) WHERE kind = 'voucher';
CREATE INDEX closings_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'closing';
CREATE INDEX slips_of_a_report ON jobs (shift_id, copy) WHERE kind = 'report';
CREATE INDEX rolls_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'call-back';
CREATE UNIQUE INDEX one_manifest_a_copy ON jobs (handover_id, copy) WHERE kind = 'manifest';
CREATE INDEX slips_of_a_tally ON jobs (tally_id, copy) WHERE kind = 'tally';
CREATE INDEX slips_of_a_missing_list ON jobs (missing_id, copy) WHERE kind = 'missing';
CREATE INDEX undated_jobs ON jobs (boot) WHERE trusted = 0;
