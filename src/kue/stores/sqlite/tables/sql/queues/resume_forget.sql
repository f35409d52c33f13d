-- A queue that only was paused and never had a job is gone when it is resumed. In: 1 queue.
DELETE FROM kue_ledger WHERE section = 1 AND queue = ?1 AND paused = 0 AND pushed = 0
