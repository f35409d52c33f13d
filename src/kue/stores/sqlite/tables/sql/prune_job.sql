-- final -> gone, with prune_attempts.sql and prune_finished.sql. In: 1 seq.
DELETE FROM jobs WHERE seq = ?1
