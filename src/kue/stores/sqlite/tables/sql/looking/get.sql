-- One job. In: 1 id. Out: 0 id .. 10 meta as pushed, 11 seq, 12 inserted_at, 13 state, 14 run_at, 15 attempt .. 20 unknown_since, 21 claim_no, 22 holder,
-- 23 node, 24 attempted_at, 25 finished_at, 26 result, 27 progress_percent, 28 progress_note, 29 cancel_asked_at, 30 claimed_at
-- of the present run.
SELECT id, kind, queue, args, schema, asked_run_at, priority, asked_max_attempts, timeout_ms, tags, meta, seq, inserted_at, state, run_at, attempt, max_attempts,
       crashes, node_losses, interruptions, unknown_since, claim_no, holder, node, attempted_at, finished_at, result, progress_percent, progress_note,
       cancel_asked_at, CASE state WHEN 3 THEN (SELECT u.claimed_at FROM kue_unfinished u WHERE u.seq = e.seq) END
FROM kue_every_job e WHERE id = ?1 AND state IS NOT NULL
