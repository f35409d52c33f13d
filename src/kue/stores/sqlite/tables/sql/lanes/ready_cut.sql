-- The first jobs of a stretch were taken, after ready_drop.sql: the one that still begins before the place is cut behind it.
-- In: 1 queue, 2 priority, 3 lane, 4 seq.
UPDATE kue_ready SET first_seq = ?4 + 1 WHERE queue = ?1 AND lane = ?3 AND priority = ?2 AND first_seq <= ?4
