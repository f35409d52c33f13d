-- The earliest jobs of a queue that nobody has made claimable yet: due already, and not due. In: 1 queue, 2 now. Out: run_at or NULL, run_at or NULL.
SELECT (SELECT min(run_at) FROM kue_unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = ?1 AND run_at <= ?2),
       (SELECT min(run_at) FROM kue_unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = ?1 AND run_at > ?2)
