-- A page of jobs, newest first. In: 1 bit mask of states, 2 queue or '', 3 kind or '', 4 tag between line feeds or '', 5 seq of the page before,
-- 6 how many, 7 inserted from, 8 inserted until, 9 text of the last failure or ''. Out: 0 id .. 10 meta as pushed, 11 seq, 12 inserted_at, 13 state, 14 run_at, 15 attempt .. 20 unknown_since, 21 claim_no,
-- 22 holder, 23 node, 24 attempted_at, 25 finished_at, 26 result, 27 progress_percent, 28 progress_note, 29 cancel_asked_at.
SELECT j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, j.seq, j.inserted_at,
       coalesce(u.state, f.state), coalesce(u.run_at, f.run_at), coalesce(u.attempt, f.attempt), coalesce(u.max_attempts, f.max_attempts),
       coalesce(u.crashes, f.crashes), coalesce(u.node_losses, f.node_losses), coalesce(u.interruptions, f.interruptions),
       coalesce(u.unknown_since, f.unknown_since), coalesce(u.claim_no, f.claim_no), coalesce(u.holder, f.holder), coalesce(u.node, f.node),
       coalesce(u.attempted_at, f.attempted_at), f.finished_at, coalesce(u.result, f.result),
       coalesce(u.progress_percent, f.progress_percent), coalesce(u.progress_note, f.progress_note), u.cancel_asked_at
FROM jobs j LEFT JOIN unfinished u ON u.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq
WHERE j.seq < ?5 AND (u.seq IS NOT NULL OR f.seq IS NOT NULL) AND (?1 >> coalesce(u.state, f.state)) & 1 AND (?2 = '' OR j.queue = ?2) AND (?3 = '' OR j.kind = ?3)
  AND (?4 = '' OR instr(j.tags, ?4) > 0)
  AND j.inserted_at >= ?7 AND j.inserted_at < ?8
  AND (?9 = '' OR coalesce((SELECT instr(a.type, ?9) > 0 OR instr(a.message, ?9) > 0 FROM attempts a WHERE a.seq = j.seq ORDER BY a.number DESC LIMIT 1), 0))
ORDER BY j.seq DESC LIMIT ?6
