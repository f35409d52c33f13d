-- The first claimable jobs of a queue with all that a claimer needs. In: 1 queue, 2 how many.
-- Out: as claim_candidate.sql.
SELECT l.seq, l.state, l.queue, l.attempt, l.max_attempts, l.crashes, l.node_losses, l.interruptions, l.unknown_since, l.claim_no,
       j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta
FROM live l INDEXED BY live_claimable LEFT JOIN jobs j ON j.seq = l.seq
WHERE l.place = 2 AND l.queue = ?1 ORDER BY l.priority, l.seq LIMIT ?2
