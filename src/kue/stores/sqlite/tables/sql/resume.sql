-- In: 1 queue.
UPDATE queues SET paused = 0 WHERE name = ?1
