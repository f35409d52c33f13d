-- The first claimable jobs of a queue with all that a claimer needs. In: 1 queue, 2 how many.
-- Out: as claim_candidate.sql, then 21 priority, 22 lane, 23 first_seq and 24 last_seq of the stretch.
SELECT c.seq, c.state, c.queue, c.attempt, c.max_attempts, c.crashes, c.node_losses, c.interruptions, c.unknown_since, c.claim_no,
       j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, c.priority, c.lane, c.first_seq, c.last_seq
FROM kue_claimable c LEFT JOIN kue_jobs j ON j.seq = c.seq
WHERE c.queue = ?1 AND c.lane = 0 ORDER BY c.priority, c.first_seq, c.seq LIMIT ?2
