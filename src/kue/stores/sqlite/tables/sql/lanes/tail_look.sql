-- The newest stretch of a queue, if it is not empty. In: 1 queue. Out: priority, first seq, last seq.
SELECT tail_priority, tail_first, tail_last FROM kue_queues WHERE name = ?1 AND tail_first <= tail_last
