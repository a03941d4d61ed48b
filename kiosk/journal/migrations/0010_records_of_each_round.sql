-- Tubes are told of in whatever round they are; of those that were filled without an authority's key there is nothing.

UPDATE tubes SET recorded = 1 WHERE recorded = 0
  AND id NOT IN (SELECT tube_id FROM samples WHERE sealed IS NOT NULL);
