-- One job. In: 1 id. Out: as query_newest.sql.
SELECT j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, j.seq, j.inserted_at,
       coalesce(l.state, f.state), coalesce(l.run_at, f.run_at), coalesce(l.attempt, f.attempt), coalesce(l.max_attempts, f.max_attempts),
       coalesce(l.crashes, f.crashes), coalesce(l.node_losses, f.node_losses), coalesce(l.interruptions, f.interruptions),
       coalesce(l.unknown_since, f.unknown_since), coalesce(l.claim_no, f.claim_no), coalesce(l.holder, f.holder), coalesce(l.node, f.node),
       coalesce(l.attempted_at, f.attempted_at), f.finished_at, coalesce(l.result, f.result),
       coalesce(l.progress_percent, f.progress_percent), coalesce(l.progress_note, f.progress_note), l.cancel_asked_at
FROM jobs j LEFT JOIN live l ON l.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq
WHERE j.id = ?1 AND (l.seq IS NOT NULL OR f.seq IS NOT NULL)
