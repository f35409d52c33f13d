-- Available jobs of one stretch were pushed, and nothing else has changed in their queue: the tail becomes longer, or begins with them if it is
-- empty. Nothing (changes() is 0) if they do not fit to it, or if the queue is new.
-- In: 1 queue, 2 how many, 3 priority, 4 first seq, 5 last seq, 6 how many numbers a stretch may skip.
UPDATE kue_queues SET pushed = pushed + ?2, available = available + ?2, tail_priority = ?3,
  tail_first = CASE WHEN tail_first > tail_last THEN ?4 ELSE tail_first END, tail_last = ?5
WHERE name = ?1 AND (tail_first > tail_last OR (tail_priority = ?3 AND tail_last >= ?4 - ?6))
