-- One job with all that a claimer needs. In: 1 seq.
-- Out: 0 seq, 1 state, 2 queue, 3 attempt .. 8 unknown_since, 9 claim_no, then what was pushed: 10 id .. 20 meta, then 21 priority.
SELECT l.seq, l.state, l.queue, l.attempt, l.max_attempts, l.crashes, l.node_losses, l.interruptions, l.unknown_since, l.claim_no,
       j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, l.priority
FROM live l LEFT JOIN jobs j ON j.seq = l.seq
WHERE l.seq = ?1
