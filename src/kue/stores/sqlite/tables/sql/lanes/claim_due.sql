-- Scheduled and retryable jobs of a queue whose time has come. In: 1 queue, 2 now, 3 how many at most. Out: seq.
SELECT seq FROM kue_unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = ?1 AND run_at <= ?2 ORDER BY run_at LIMIT ?3
