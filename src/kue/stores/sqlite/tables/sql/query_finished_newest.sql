-- As query_newest.sql, for states that only table finished has. In: 1 bit mask of states, 2 queue or '', 3 kind or '', 4 tag between line feeds or '', 5 seq of the page before,
-- 6 how many, 7 inserted from, 8 inserted until, 9 text of the last failure or ''. Out: 0 id .. 10 meta as pushed, 11 seq, 12 inserted_at, 13 state, 14 run_at, 15 attempt .. 20 unknown_since, 21 claim_no,
-- 22 holder, 23 node, 24 attempted_at, 25 finished_at, 26 result, 27 progress_percent, 28 progress_note, 29 cancel_asked_at.
SELECT j.id, j.kind, j.queue, j.args, j.schema, j.run_at, j.priority, j.max_attempts, j.timeout_ms, j.tags, j.meta, j.seq, j.inserted_at,
       f.state, f.run_at, f.attempt, f.max_attempts,
       f.crashes, f.node_losses, f.interruptions,
       f.unknown_since, f.claim_no, f.holder, f.node,
       f.attempted_at, f.finished_at, f.result,
       f.progress_percent, f.progress_note, NULL
FROM finished f CROSS JOIN jobs j ON j.seq = f.seq
WHERE f.seq < ?5 AND (?1 >> f.state) & 1 AND (?2 = '' OR j.queue = ?2) AND (?3 = '' OR j.kind = ?3)
  AND (?4 = '' OR instr(j.tags, ?4) > 0)
  AND j.inserted_at >= ?7 AND j.inserted_at < ?8
  AND (?9 = '' OR coalesce((SELECT instr(a.type, ?9) > 0 OR instr(a.message, ?9) > 0 FROM attempts a WHERE a.seq = j.seq ORDER BY a.number DESC LIMIT 1), 0))
ORDER BY f.seq DESC LIMIT ?6
