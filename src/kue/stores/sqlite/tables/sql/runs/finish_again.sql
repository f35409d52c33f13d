-- running -> retryable, scheduled, available. The fence was compared in the same transaction.
-- In: 1 seq, 2 state, 3 attempt, 4 max_attempts, 5 crashes, 6 node_losses, 7 interruptions, 8 unknown_since, 9 started_at or NULL, 10 result or NULL, 11 run_at or NULL: as it was, 12 place.
UPDATE kue_unfinished SET state = ?2, attempt = ?3, max_attempts = ?4, crashes = ?5, node_losses = ?6, interruptions = ?7, unknown_since = ?8,
                attempted_at = coalesce(?9, attempted_at), result = coalesce(?10, result), run_at = coalesce(?11, run_at), place = ?12
WHERE seq = ?1
