-- What the centre has ordered, as it was signed, and what became of it: heard once, it is never heard again.
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

-- Vouchers that are worth nothing by its word.
CREATE TABLE withdrawn (
  voucher TEXT PRIMARY KEY,
  round   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
