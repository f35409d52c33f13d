-- The first jobs of a stretch were taken. In: 1 queue, 2 priority, 3 lane, 4 its first seq, 5 its first seq from now on.
UPDATE kue_ready SET first_seq = ?5 WHERE queue = ?1 AND priority = ?2 AND lane = ?3 AND first_seq = ?4
