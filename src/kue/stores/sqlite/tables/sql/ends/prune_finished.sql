-- final -> gone, with prune_attempts.sql and prune_job.sql, unless it was retried meanwhile. In: 1 seq, 2 finished_at.
DELETE FROM kue_finished WHERE seq = ?1 AND finished_at = ?2
