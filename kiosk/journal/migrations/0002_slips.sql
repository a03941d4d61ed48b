-- Closing slips and reports; the building that a tube belongs to.
ALTER TABLE tubes ADD COLUMN building TEXT NOT NULL DEFAULT '';

CREATE TABLE shifts (
  id       INTEGER PRIMARY KEY,
  samples  INTEGER NOT NULL,
  tubes    INTEGER NOT NULL,
  labels   INTEGER NOT NULL,
  vouchers INTEGER NOT NULL,
  voided   INTEGER NOT NULL,
  refused  TEXT    NOT NULL,
  tube_id  INTEGER REFERENCES tubes (id),
  filled   INTEGER,
  boot     TEXT    NOT NULL,
  mono_ns  INTEGER NOT NULL,
  wall_ms  INTEGER NOT NULL,
  trusted  INTEGER NOT NULL
) STRICT;

CREATE TABLE slips (
  id         INTEGER PRIMARY KEY,
  kind       TEXT    NOT NULL,
  printer    TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  tube_id    INTEGER REFERENCES tubes (id),
  sample_seq INTEGER REFERENCES samples (seq),
  shift_id   INTEGER REFERENCES shifts (id),
  copy       INTEGER NOT NULL,
  reason     TEXT,
  settlement TEXT,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL,
  CHECK ((tube_id IS NOT NULL) + (sample_seq IS NOT NULL) + (shift_id IS NOT NULL) = 1)
) STRICT;
INSERT INTO slips
  SELECT id, kind, printer, state, tube_id, sample_seq, NULL, copy, reason, settlement, boot, mono_ns, wall_ms, trusted
  FROM jobs;
DROP TABLE jobs;
ALTER TABLE slips RENAME TO jobs;
CREATE UNIQUE INDEX one_label_a_copy ON jobs (tube_id, copy) WHERE kind = 'label';
CREATE UNIQUE INDEX one_voucher_a_copy ON jobs (sample_seq, copy) WHERE kind = 'voucher';
CREATE INDEX jobs_under_way ON jobs (state) WHERE state IN ('queued', 'sending', 'unconfirmed');
