-- For whom a tube is, and which of its places are free again; what staff have chosen for the round.
ALTER TABLE tubes ADD COLUMN purpose TEXT NOT NULL DEFAULT 'pool';
ALTER TABLE tubes ADD COLUMN holes TEXT NOT NULL DEFAULT '';
UPDATE tubes SET state = 'aside' WHERE state = 'void';

CREATE TABLE pools (
  round    TEXT    PRIMARY KEY,
  capacity INTEGER NOT NULL,
  purpose  TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes whose people were moved to another: none of them is ever used again.
CREATE TABLE codes_left (
  code    TEXT    PRIMARY KEY,
  tube_id INTEGER NOT NULL REFERENCES tubes (id)
) STRICT, WITHOUT ROWID;

-- Who came without a document, and beside whose.
ALTER TABLE samples ADD COLUMN bearer BLOB;
ALTER TABLE samples ADD COLUMN beside INTEGER;
CREATE INDEX beside_a_bearer ON samples (round, bearer) WHERE bearer IS NOT NULL;

-- Who was recorded and not swabbed.
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
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX undated_exempt ON exempt (boot) WHERE trusted = 0;
ALTER TABLE totals ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shifts ADD COLUMN exempt INTEGER NOT NULL DEFAULT 0;

CREATE INDEX rolls_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'call-back';
