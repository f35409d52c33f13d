-- Scheduled and retryable jobs whose time has come stand among the claimable ones from here on; their state changes with
-- the claim only. In: 1 queue, 2 now, 3 how many at most.
UPDATE unfinished SET place = 2 WHERE seq IN (
  SELECT seq FROM unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = ?1 AND run_at <= ?2 ORDER BY run_at LIMIT ?3)
