-- final -> gone, with prune_attempts.sql and prune_finished.sql. In: 1 seq.
DELETE FROM kue_jobs WHERE seq = ?1
