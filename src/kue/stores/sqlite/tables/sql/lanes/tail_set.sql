-- In: 1 queue, 2 priority, 3 first seq, 4 last seq; empty: first > last.
UPDATE kue_queues SET tail_priority = ?2, tail_first = ?3, tail_last = ?4 WHERE name = ?1
