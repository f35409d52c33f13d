-- final -> gone, with prune_attempts.sql and finished_delete.sql. In: 1 seq.
DELETE FROM jobs WHERE seq = ?1
