-- The queues that a claim for all may take from. Out: name.
SELECT name FROM kue_queues WHERE paused = 0
