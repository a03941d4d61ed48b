-- What belongs to a round and must not change in it; what staff have switched.
CREATE TABLE rounds (
  round       TEXT PRIMARY KEY,
  round_key   BLOB NOT NULL,
  voucher_key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE switches (
  name  TEXT    PRIMARY KEY,
  is_on INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was lost of an earlier life, until staff have taken note of it.
ALTER TABLE life ADD COLUMN loss TEXT;

-- A report is of the round that it counts.
ALTER TABLE shifts ADD COLUMN round TEXT;
