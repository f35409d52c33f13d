-- running -> completed, discarded, cancelled. The fence was compared in the same transaction. Followed by live_delete_all.sql.
-- In: 1 now. Batch: v1 seq, v2 state, v3 attempt, v4 max_attempts, v5 crashes, v6 node_losses, v7 interruptions, v8 unknown_since, v9 started_at or NULL,
-- v10 result or NULL.
INSERT INTO finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
                      claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, finished_at)
SELECT l.seq, b.v2, l.queue, l.run_at, b.v3, b.v4, b.v5, b.v6, b.v7, b.v8, l.claim_no, l.holder, l.node, l.claimed_at,
       coalesce(b.v9, l.attempted_at), l.progress_percent, l.progress_note, coalesce(b.v10, l.result), ?1
FROM batch b CROSS JOIN live l ON l.seq = b.v1
