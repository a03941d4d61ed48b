-- The journal of one kiosk. No identity stands here: a person is a keyed hash and two masks.
CREATE TABLE life (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  epoch        TEXT    NOT NULL,
  seq          INTEGER NOT NULL,
  next_tube_id INTEGER NOT NULL,
  next_job_id  INTEGER NOT NULL
) STRICT;

CREATE TABLE leases (
  block               TEXT    PRIMARY KEY,
  next_tube_serial    INTEGER NOT NULL,
  next_voucher_serial INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE totals (
  round    TEXT    PRIMARY KEY,
  samples  INTEGER NOT NULL,
  tubes    INTEGER NOT NULL,
  labels   INTEGER NOT NULL,
  vouchers INTEGER NOT NULL,
  voided   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
  round  TEXT    NOT NULL,
  reason TEXT    NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (round, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE tubes (
  id       INTEGER PRIMARY KEY,
  round    TEXT    NOT NULL,
  code     TEXT    UNIQUE,
  source   TEXT    NOT NULL,
  capacity INTEGER NOT NULL,
  state    TEXT    NOT NULL,
  filled   INTEGER NOT NULL CHECK (filled BETWEEN 0 AND capacity),
  boot     TEXT    NOT NULL,
  mono_ns  INTEGER NOT NULL,
  wall_ms  INTEGER NOT NULL,
  trusted  INTEGER NOT NULL
) STRICT;
CREATE INDEX tubes_by_state ON tubes (round, state);

CREATE TABLE samples (
  seq        INTEGER PRIMARY KEY,
  round      TEXT    NOT NULL,
  person_key BLOB    NOT NULL,
  name       TEXT    NOT NULL,
  number     TEXT    NOT NULL,
  tube_id    INTEGER NOT NULL REFERENCES tubes (id),
  position   INTEGER NOT NULL,
  voucher    TEXT    NOT NULL UNIQUE,
  void       INTEGER NOT NULL DEFAULT 0,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_sample_a_person ON samples (round, person_key) WHERE void = 0;
CREATE UNIQUE INDEX one_person_a_place ON samples (tube_id, position) WHERE void = 0;

CREATE TABLE jobs (
  id         INTEGER PRIMARY KEY,
  kind       TEXT    NOT NULL,
  printer    TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  tube_id    INTEGER REFERENCES tubes (id),
  sample_seq INTEGER REFERENCES samples (seq),
  copy       INTEGER NOT NULL,
  reason     TEXT,
  settlement TEXT,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL,
  CHECK ((tube_id IS NULL) <> (sample_seq IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_label_a_copy ON jobs (tube_id, copy) WHERE tube_id IS NOT NULL;
CREATE UNIQUE INDEX one_voucher_a_copy ON jobs (sample_seq, copy) WHERE sample_seq IS NOT NULL;
CREATE INDEX jobs_under_way ON jobs (state) WHERE state IN ('queued', 'sending', 'unconfirmed');

CREATE TABLE outbox (
  topic     TEXT    PRIMARY KEY,
  seq       INTEGER NOT NULL,
  payload   BLOB    NOT NULL,
  retain    INTEGER NOT NULL,
  acked_seq INTEGER NOT NULL DEFAULT -1
) STRICT, WITHOUT ROWID;
