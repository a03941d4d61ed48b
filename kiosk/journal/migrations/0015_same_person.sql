CREATE INDEX same_person ON links (round, sample_seq);
INSERT OR IGNORE INTO links
  SELECT l.round, s.person_key, l.sample_seq FROM links l JOIN samples s ON s.seq = l.sample_seq;
