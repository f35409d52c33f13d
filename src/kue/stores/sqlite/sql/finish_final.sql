-- running -> completed, discarded, cancelled. The fence was compared in the same transaction. Followed by live_delete.sql.
-- In: 1 seq, 2 state, 3 attempt, 4 max_attempts, 5 crashes, 6 node_losses, 7 interruptions, 8 unknown_since, 9 started_at or NULL, 10 result or NULL, 11 now.
INSERT INTO finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
                      claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, finished_at)
SELECT seq, ?2, queue, run_at, ?3, ?4, ?5, ?6, ?7, ?8, claim_no, holder, node, claimed_at, coalesce(?9, attempted_at),
       progress_percent, progress_note, coalesce(?10, result), ?11
FROM live WHERE seq = ?1
