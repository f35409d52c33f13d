-- One job with all that a claimer needs. In: 1 seq.
-- Out: 0 seq, 1 state, 2 queue, 3 attempt .. 8 unknown_since, 9 claim_no, then what was pushed: 10 id .. 20 meta.
SELECT u.seq, u.state, u.queue, u.attempt, u.max_attempts, u.crashes, u.node_losses, u.interruptions, u.unknown_since, u.claim_no,
       j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta
FROM kue_unfinished u LEFT JOIN kue_jobs j ON j.seq = u.seq
WHERE u.seq = ?1
