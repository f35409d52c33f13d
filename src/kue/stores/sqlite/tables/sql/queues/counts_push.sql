-- Available jobs of one stretch were pushed, and nothing else: the tail becomes longer. Nothing (changes() is 0) if they do not fit it, or it is empty.
-- In: 1 queue, 2 how many, 3 priority, 4 first seq, 5 last seq, 6 how many numbers a stretch may skip.
UPDATE kue_queues SET pushed = pushed + ?2, available = available + ?2, tail_last = ?5
WHERE name = ?1 AND tail_first <= tail_last AND tail_priority = ?3 AND tail_last >= ?4 - ?6
