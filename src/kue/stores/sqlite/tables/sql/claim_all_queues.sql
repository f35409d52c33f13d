-- The queues that a claim for all may take from. Out: name.
SELECT name FROM queues WHERE paused = 0
