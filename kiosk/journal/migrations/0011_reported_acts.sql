-- A report tells one by one what staff took back.
ALTER TABLE shifts ADD COLUMN taken_back TEXT NOT NULL DEFAULT '[]';
