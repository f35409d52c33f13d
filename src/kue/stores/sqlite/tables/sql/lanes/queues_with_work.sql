-- The queues that somebody may take from. In: 1 now. Out: name.
SELECT name FROM kue_queues WHERE paused = 0 AND (
  EXISTS (SELECT 1 FROM kue_claimable WHERE queue = name AND lane = 0) OR EXISTS (SELECT 1 FROM kue_tail WHERE queue = name) OR
  EXISTS (SELECT 1 FROM kue_unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = name AND run_at <= ?1))
