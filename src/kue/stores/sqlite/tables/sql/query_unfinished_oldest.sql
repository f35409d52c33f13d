-- As query_oldest.sql, for states that only table unfinished has. In: 1 bit mask of states, 2 queue or '', 3 kind or '', 4 tag between line feeds or '', 5 seq of the page before,
-- 6 how many, 7 inserted from, 8 inserted until, 9 text of the last failure or ''. Out: 0 id .. 10 meta as pushed, 11 seq, 12 inserted_at, 13 state, 14 run_at, 15 attempt .. 20 unknown_since, 21 claim_no,
-- 22 holder, 23 node, 24 attempted_at, 25 finished_at, 26 result, 27 progress_percent, 28 progress_note, 29 cancel_asked_at.
SELECT j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, j.seq, j.inserted_at,
       u.state, u.run_at, u.attempt, u.max_attempts,
       u.crashes, u.node_losses, u.interruptions,
       u.unknown_since, u.claim_no, u.holder, u.node,
       u.attempted_at, NULL, u.result,
       u.progress_percent, u.progress_note, u.cancel_asked_at
FROM unfinished u CROSS JOIN jobs j ON j.seq = u.seq
WHERE u.seq > ?5 AND (?1 >> u.state) & 1 AND (?2 = '' OR j.queue = ?2) AND (?3 = '' OR j.kind = ?3)
  AND (?4 = '' OR instr(j.tags, ?4) > 0)
  AND j.inserted_at >= ?7 AND j.inserted_at < ?8
  AND (?9 = '' OR coalesce((SELECT instr(a.type, ?9) > 0 OR instr(a.message, ?9) > 0 FROM attempts a WHERE a.seq = j.seq ORDER BY a.number DESC LIMIT 1), 0))
ORDER BY u.seq ASC LIMIT ?6
