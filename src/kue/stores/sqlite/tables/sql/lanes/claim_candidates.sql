-- The first claimable jobs of a queue with all that a claimer needs. In: 1 queue, 2 how many. Out: as claim_candidate.sql.
SELECT c.seq, c.state, c.attempt, c.max_attempts, c.crashes, c.node_losses, c.interruptions, c.unknown_since, c.claim_no,
       j.id, j.kind, c.queue, j.args, j.schema, j.run_at, c.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta
FROM kue_claimable c LEFT JOIN kue_jobs j ON j.seq = c.seq
WHERE c.queue = ?1 AND c.lane = 0 ORDER BY c.priority, c.first_seq, c.seq LIMIT ?2
