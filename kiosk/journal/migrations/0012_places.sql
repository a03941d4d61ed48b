-- Where a round is held: identities are sealed as of there, and opened as of there wherever the kiosk stands since.
ALTER TABLE rounds ADD COLUMN place TEXT NOT NULL DEFAULT '';
