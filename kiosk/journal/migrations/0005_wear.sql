-- What one person costs the card. An index whose keys are in no order, or that only a start reads, costs a page a commit.
DROP INDEX IF EXISTS jobs_under_way;
DROP INDEX IF EXISTS tubes_by_state;

-- And what no look-up may walk through: the copies of each kind of slip, the times that a clock will correct.
CREATE INDEX IF NOT EXISTS closings_of_a_tube ON jobs (tube_id, copy) WHERE kind = 'closing';
CREATE INDEX IF NOT EXISTS slips_of_a_report ON jobs (shift_id, copy) WHERE kind = 'report';
CREATE INDEX IF NOT EXISTS undated_tubes ON tubes (boot) WHERE trusted = 0;
CREATE INDEX IF NOT EXISTS undated_samples ON samples (boot) WHERE trusted = 0;
CREATE INDEX IF NOT EXISTS undated_jobs ON jobs (boot) WHERE trusted = 0;
CREATE INDEX IF NOT EXISTS undated_shifts ON shifts (boot) WHERE trusted = 0;

-- With a rowid a message lies in one page; without, all but its beginning lay in another.
CREATE TABLE last_words (
  topic     TEXT    PRIMARY KEY,
  seq       INTEGER NOT NULL,
  payload   BLOB    NOT NULL,
  retain    INTEGER NOT NULL,
  acked_seq INTEGER NOT NULL DEFAULT -1
) STRICT;
INSERT INTO last_words SELECT topic, seq, payload, retain, acked_seq FROM outbox;
DROP TABLE outbox;
ALTER TABLE last_words RENAME TO outbox;
