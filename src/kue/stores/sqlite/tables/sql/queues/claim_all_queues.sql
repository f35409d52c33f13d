-- The queues that a claim for all may take from. Out: name, whether it has a tail.
SELECT name, tail_first <= tail_last FROM kue_queues WHERE paused = 0
