-- Tubes are told of in whatever round they are; of those that were filled without an authority's key there is nothing.

UPDATE tubes SET recorded = 1 WHERE recorded = 0
  AND NOT EXISTS (SELECT 1 FROM samples WHERE tube_id = tubes.id AND sealed IS NOT NULL);
