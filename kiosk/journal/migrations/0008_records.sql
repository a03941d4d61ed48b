-- Who it was, for the authority alone; and which tubes it has not been told of as they are now.
ALTER TABLE samples ADD COLUMN sealed BLOB;
ALTER TABLE exempt ADD COLUMN sealed BLOB;
ALTER TABLE tubes ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0;
CREATE INDEX unrecorded_tubes ON tubes (round)
  WHERE recorded = 0 AND state IN ('sealed', 'boxed', 'handed-over', 'void');
