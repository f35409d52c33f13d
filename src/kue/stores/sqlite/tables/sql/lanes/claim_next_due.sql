-- The earliest job of a queue that is not due yet, as far as anybody has looked. In: 1 queue. Out: run_at.
SELECT run_at FROM kue_unfinished INDEXED BY unfinished_later WHERE place = 1 AND queue = ?1 ORDER BY run_at LIMIT 1
