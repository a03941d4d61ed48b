-- Samples are counted for themselves, so that one commit may hold two.
ALTER TABLE life ADD COLUMN next_sample_seq INTEGER NOT NULL DEFAULT 1;
UPDATE life SET next_sample_seq = (SELECT coalesce(max(seq), 0) + 1 FROM samples);
