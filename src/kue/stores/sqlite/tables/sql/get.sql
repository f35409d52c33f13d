-- One job. In: 1 id. Out: as query_newest.sql.
SELECT j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, j.seq, j.inserted_at,
       coalesce(u.state, f.state), coalesce(u.run_at, f.run_at), coalesce(u.attempt, f.attempt), coalesce(u.max_attempts, f.max_attempts),
       coalesce(u.crashes, f.crashes), coalesce(u.node_losses, f.node_losses), coalesce(u.interruptions, f.interruptions),
       coalesce(u.unknown_since, f.unknown_since), coalesce(u.claim_no, f.claim_no), coalesce(u.holder, f.holder), coalesce(u.node, f.node),
       coalesce(u.attempted_at, f.attempted_at), f.finished_at, coalesce(u.result, f.result),
       coalesce(u.progress_percent, f.progress_percent), coalesce(u.progress_note, f.progress_note), u.cancel_asked_at
FROM jobs j LEFT JOIN unfinished u ON u.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq
WHERE j.id = ?1 AND (u.seq IS NOT NULL OR f.seq IS NOT NULL)
