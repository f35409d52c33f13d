-- scheduled, blocked, available, retryable -> cancelled. In: 1 seq, 2 now. Followed by unfinished_delete.sql.
INSERT INTO kue_finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
                      claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, finished_at)
SELECT seq, 7, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
       claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, ?2
FROM kue_unfinished WHERE seq = ?1 AND state <> 3
