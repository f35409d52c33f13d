-- In: 1 queue.
UPDATE kue_ledger SET paused = 0 WHERE section = 1 AND queue = ?1
