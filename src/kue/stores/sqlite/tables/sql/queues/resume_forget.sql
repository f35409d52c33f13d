-- A queue that only was paused and never had a job is gone when it is resumed. In: 1 queue.
DELETE FROM kue_queues WHERE name = ?1 AND paused = 0 AND pushed = 0
