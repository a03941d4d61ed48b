-- Boxes of tubes, what did not agree in them, and their passing to the driver.
CREATE TABLE boxes (
  id      INTEGER PRIMARY KEY,
  round   TEXT    NOT NULL,
  number  TEXT    NOT NULL UNIQUE,
  state   TEXT    NOT NULL,
  tubes   INTEGER NOT NULL,
  people  INTEGER NOT NULL,
  bag     INTEGER NOT NULL,
  seal    TEXT    NOT NULL,
  strays  TEXT    NOT NULL,
  boot    TEXT    NOT NULL,
  mono_ns INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  trusted INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_boxes ON boxes (boot) WHERE trusted = 0;

ALTER TABLE tubes ADD COLUMN box_id INTEGER REFERENCES boxes (id);
ALTER TABLE tubes ADD COLUMN bag INTEGER;
CREATE INDEX tubes_of_a_box ON tubes (box_id) WHERE box_id IS NOT NULL;

-- What is said of a box when it passes on: a box that came back may pass on again, with other tubes.
CREATE TABLE handovers (
  id         INTEGER PRIMARY KEY,
  box_id     INTEGER NOT NULL REFERENCES boxes (id),
  taken_back INTEGER NOT NULL DEFAULT 0,
  tubes      INTEGER NOT NULL,
  people     INTEGER NOT NULL,
  bag        INTEGER NOT NULL,
  seal       TEXT    NOT NULL,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_handovers ON handovers (boot) WHERE trusted = 0;
CREATE TABLE handed_over (
  handover_id INTEGER NOT NULL REFERENCES handovers (id),
  tube_id     INTEGER NOT NULL REFERENCES tubes (id),
  filled      INTEGER NOT NULL,
  bag         INTEGER NOT NULL,
  PRIMARY KEY (handover_id, tube_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (
  id         INTEGER PRIMARY KEY,
  box_id     INTEGER NOT NULL REFERENCES boxes (id),
  tubes      INTEGER NOT NULL,
  people     INTEGER NOT NULL,
  mismatches TEXT    NOT NULL,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL
) STRICT;
CREATE INDEX undated_tallies ON tallies (boot) WHERE trusted = 0;

-- Nobody looks through all tubes for those that are still here. A tube that is filled costs this index nothing.
CREATE INDEX tubes_here ON tubes (round) WHERE state IN ('sealed', 'boxed');

-- A slip may be about a hand-over or a tally too.
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
  copy        INTEGER NOT NULL,
  reason      TEXT,
  settlement  TEXT,
  boot        TEXT    NOT NULL,
  mono_ns     INTEGER NOT NULL,
  wall_ms     INTEGER NOT NULL,
  trusted     INTEGER NOT NULL,
  CHECK (
    (tube_id IS NOT NULL) + (sample_seq IS NOT NULL) + (shift_id IS NOT NULL) + (handover_id IS NOT NULL)
    + (tally_id IS NOT NULL) = 1
  )
) STRICT;
INSERT INTO slips
  SELECT id, kind, printer, state, tube_id, sample_seq, shift_id, NULL, NULL, copy, reason, settlement, boot, mono_ns,
  wall_ms, trusted FROM jobs;
DROP TABLE jobs;
ALTER TABLE slips RENAME TO jobs;
CREATE UNIQUE INDEX one_label_a_copy ON jobs (tube_id, copy) WHERE kind = 'label';
CREATE UNIQUE INDEX one_voucher_a_copy ON jobs (sample_seq, copy) WHERE kind = 'voucher';
CREATE INDEX closings_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'closing';
CREATE INDEX slips_of_a_report ON jobs (shift_id, copy) WHERE kind = 'report';
CREATE INDEX rolls_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'call-back';
CREATE UNIQUE INDEX one_manifest_a_copy ON jobs (handover_id, copy) WHERE kind = 'manifest';
CREATE INDEX slips_of_a_tally ON jobs (tally_id, copy) WHERE kind = 'tally';
CREATE INDEX undated_jobs ON jobs (boot) WHERE trusted = 0;
