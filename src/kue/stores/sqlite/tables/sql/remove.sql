-- Any state but running -> gone, with prune_attempts.sql, unfinished_delete.sql and finished_delete.sql. In: 1 seq.
DELETE FROM jobs WHERE seq = ?1
