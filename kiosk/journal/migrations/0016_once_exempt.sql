-- Whoever was recorded without a tube and that was taken back: what an earlier life of the journal still tells of them is
-- not so.
CREATE TABLE once_exempt (
  round      TEXT NOT NULL,
  person_key BLOB NOT NULL,
  PRIMARY KEY (round, person_key)
) STRICT, WITHOUT ROWID;
