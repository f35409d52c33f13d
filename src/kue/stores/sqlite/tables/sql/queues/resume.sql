-- In: 1 queue.
UPDATE kue_queues SET paused = 0 WHERE name = ?1
