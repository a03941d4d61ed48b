-- What a life of the journal began with, as it follows on another: it tells the centre what came to it since, each life on
-- a topic of its own.
CREATE TABLE begun (
  round    TEXT    PRIMARY KEY,
  samples  INTEGER NOT NULL,
  tubes    INTEGER NOT NULL,
  labels   INTEGER NOT NULL,
  vouchers INTEGER NOT NULL,
  voided   INTEGER NOT NULL,
  exempt   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE begun_refusals (
  round  TEXT    NOT NULL,
  reason TEXT    NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (round, reason)
) STRICT, WITHOUT ROWID;

-- What was said so far holds all lives of its round until then; it is said again where readers look now.
UPDATE outbox SET topic = topic || '/' || json_extract(CAST(payload AS TEXT), '$.epoch'), acked_seq = 0
WHERE topic LIKE 'sampling/v1/%/counts';
