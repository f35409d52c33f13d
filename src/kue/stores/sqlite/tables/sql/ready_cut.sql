-- The first jobs of a stretch were taken. In: 1 queue, 2 priority, 3 its first seq, 4 its first seq from now on.
UPDATE ready SET first_seq = ?4 WHERE queue = ?1 AND priority = ?2 AND first_seq = ?3
