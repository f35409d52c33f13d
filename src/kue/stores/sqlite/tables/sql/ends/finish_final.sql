-- running -> completed, discarded, cancelled, behind the fence: a row that is not held so is left out, and changes() tells how many came in.
-- Followed by unfinished_delete_all.sql or unfinished_delete_range.sql; if not all came in, by finish_undo.sql.
-- In: 1 now. Batch: v1 seq, v2 state, v3 attempt, v4 max_attempts, v5 crashes, v6 node_losses, v7 interruptions, v8 unknown_since, v9 started_at or NULL,
-- v10 result or NULL, v11 holder, v12 claim_no, v13 queue, v14 lane.
INSERT INTO kue_finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
                      claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, finished_at)
SELECT u.seq, b.v2, u.queue, u.run_at, b.v3, b.v4, b.v5, b.v6, b.v7, b.v8, u.claim_no, u.holder, u.node, u.claimed_at,
       coalesce(b.v9, u.attempted_at), u.progress_percent, u.progress_note, coalesce(b.v10, u.result), ?1
FROM kue_batch b CROSS JOIN kue_unfinished u ON u.seq = b.v1
WHERE u.state = 3 AND u.holder = b.v11 AND u.claim_no = b.v12 AND u.queue = b.v13 AND u.lane = b.v14 AND u.marks = 0
