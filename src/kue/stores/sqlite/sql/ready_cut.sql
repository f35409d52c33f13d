-- ... and the one that goes on behind the place begins there. In: 1 queue, 2 priority, 3 seq.
UPDATE ready SET first_seq = ?3 + 1 WHERE queue = ?1 AND priority = ?2 AND first_seq <= ?3 AND last_seq > ?3
