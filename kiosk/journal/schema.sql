-- A journal from nothing, as all steps in migrations/ make it one after another: a new one is made at once, and each start
-- compares with it. test_schema holds the two together; after a new step write here what it says.

CREATE TABLE life (
  id           INTEGER PRIMARY KEY CHECK (id = 1),
  epoch        TEXT    NOT NULL,
  seq          INTEGER NOT NULL,
  next_tube_id INTEGER NOT NULL,
  next_job_id  INTEGER NOT NULL,
  next_sample_seq INTEGER NOT NULL DEFAULT 1,
  loss TEXT
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
  voided   INTEGER NOT NULL,
  exempt INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE refusals (
  round  TEXT    NOT NULL,
  reason TEXT    NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (round, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE begun (
  round    TEXT    PRIMARY KEY,
  samples  INTEGER NOT NULL,
  tubes    INTEGER NOT NULL,
  labels   INTEGER NOT NULL,
  vouchers INTEGER NOT NULL,
  voided   INTEGER NOT NULL,
  exempt   INTEGER NOT NULL,
  records INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE begun_refusals (
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
  trusted  INTEGER NOT NULL,
  building TEXT NOT NULL DEFAULT '',
  purpose TEXT NOT NULL DEFAULT 'pool',
  holes TEXT NOT NULL DEFAULT '',
  box_id INTEGER REFERENCES boxes (id),
  bag INTEGER,
  recorded INTEGER NOT NULL DEFAULT 0,
  record_epoch TEXT,
  record_n INTEGER
) STRICT;

CREATE INDEX numbered_records ON tubes (record_epoch, record_n) WHERE record_epoch IS NOT NULL;

CREATE TABLE asked (
  round TEXT PRIMARY KEY,
  id    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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
  trusted    INTEGER NOT NULL,
  bearer     BLOB,
  beside     INTEGER,
  sealed     BLOB
) STRICT;

CREATE UNIQUE INDEX one_sample_a_person ON samples (round, person_key) WHERE void = 0;

CREATE UNIQUE INDEX one_person_a_place ON samples (tube_id, position) WHERE void = 0;

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
  trusted  INTEGER NOT NULL,
  round TEXT,
  exempt INTEGER NOT NULL DEFAULT 0,
  acts TEXT NOT NULL DEFAULT '{}',
  taken_back TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE rounds (
  round       TEXT PRIMARY KEY,
  round_key   BLOB NOT NULL,
  voucher_key BLOB NOT NULL,
  place TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE switches (
  name  TEXT    PRIMARY KEY,
  is_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX undated_tubes ON tubes (boot) WHERE trusted = 0;

CREATE INDEX undated_samples ON samples (boot) WHERE trusted = 0;

CREATE INDEX undated_shifts ON shifts (boot) WHERE trusted = 0;

CREATE TABLE outbox (
  topic     TEXT    PRIMARY KEY,
  seq       INTEGER NOT NULL,
  payload   BLOB    NOT NULL,
  retain    INTEGER NOT NULL,
  acked_seq INTEGER NOT NULL DEFAULT -1
) STRICT;

CREATE TABLE pools (
  round    TEXT    PRIMARY KEY,
  capacity INTEGER NOT NULL,
  purpose  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE codes_left (
  code    TEXT    PRIMARY KEY,
  tube_id INTEGER NOT NULL REFERENCES tubes (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX beside_a_bearer ON samples (round, bearer) WHERE bearer IS NOT NULL;

CREATE TABLE exempt (
  round      TEXT    NOT NULL,
  person_key BLOB    NOT NULL,
  name       TEXT    NOT NULL,
  number     TEXT    NOT NULL,
  reason     TEXT    NOT NULL,
  boot       TEXT    NOT NULL,
  mono_ns    INTEGER NOT NULL,
  wall_ms    INTEGER NOT NULL,
  trusted    INTEGER NOT NULL,
  sealed     BLOB,
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE once_exempt (
  round      TEXT NOT NULL,
  person_key BLOB NOT NULL,
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX undated_exempt ON exempt (boot) WHERE trusted = 0;

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

CREATE INDEX tubes_of_a_box ON tubes (box_id) WHERE box_id IS NOT NULL;

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

CREATE INDEX tubes_here ON tubes (round) WHERE state IN ('sealed', 'boxed');

CREATE INDEX unrecorded_tubes ON tubes (round)
  WHERE recorded = 0 AND state IN ('sealed', 'boxed', 'handed-over', 'void');

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

CREATE TABLE links (
  round      TEXT    NOT NULL,
  person_key BLOB    NOT NULL,
  sample_seq INTEGER NOT NULL REFERENCES samples (seq),
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX same_person ON links (round, sample_seq);

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

CREATE TABLE jobs (
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

CREATE UNIQUE INDEX one_label_a_copy ON jobs (tube_id, copy) WHERE kind = 'label';

CREATE UNIQUE INDEX one_voucher_a_copy ON jobs (sample_seq, copy) WHERE kind = 'voucher';

CREATE INDEX closings_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'closing';

CREATE INDEX slips_of_a_report ON jobs (shift_id, copy) WHERE kind = 'report';

CREATE INDEX rolls_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'call-back';

CREATE UNIQUE INDEX one_manifest_a_copy ON jobs (handover_id, copy) WHERE kind = 'manifest';

CREATE INDEX slips_of_a_tally ON jobs (tally_id, copy) WHERE kind = 'tally';

CREATE INDEX slips_of_a_missing_list ON jobs (missing_id, copy) WHERE kind = 'missing';

CREATE INDEX undated_jobs ON jobs (boot) WHERE trusted = 0;

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

CREATE TABLE orders (
  n       INTEGER PRIMARY KEY,
  round   TEXT    NOT NULL,
  text    TEXT    NOT NULL,
  became  TEXT,
  boot    TEXT    NOT NULL,
  mono_ns INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  trusted INTEGER NOT NULL
) STRICT;

CREATE TABLE withdrawn (
  voucher TEXT PRIMARY KEY,
  round   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
