-- One job with all that a claimer needs. In: 1 seq.
-- Out: 0 seq, 1 state, 2 attempt .. 7 unknown_since, 8 claim_no, then what was pushed: 9 id .. 19 meta.
SELECT u.seq, u.state, u.attempt, u.max_attempts, u.crashes, u.node_losses, u.interruptions, u.unknown_since, u.claim_no,
       j.id, j.kind, u.queue, j.args, j.schema, j.run_at, u.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta
FROM kue_unfinished u LEFT JOIN kue_jobs j ON j.seq = u.seq
WHERE u.seq = ?1
