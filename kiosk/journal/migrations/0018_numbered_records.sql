-- Each record of a tube has a number in the life of the journal in which it was told first, so that whoever collects them
-- knows which is missing; and what the collector asked for last.
ALTER TABLE tubes ADD COLUMN record_epoch TEXT;
ALTER TABLE tubes ADD COLUMN record_n INTEGER;
ALTER TABLE totals ADD COLUMN records INTEGER NOT NULL DEFAULT 0;
ALTER TABLE begun ADD COLUMN records INTEGER NOT NULL DEFAULT 0;

CREATE INDEX numbered_records ON tubes (record_epoch, record_n) WHERE record_epoch IS NOT NULL;

CREATE TABLE asked (
  round TEXT PRIMARY KEY,
  id    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
