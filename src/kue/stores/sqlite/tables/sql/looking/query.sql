-- A page of jobs, walked along by number. {driver} is the table that has the states that are asked for and no more than it must, {beyond} is < or >,
-- {order} is DESC or ASC: newest or oldest first. In: 1 bit mask of states, 2 queue or '', 3 kind or '', 4 tag between line feeds or '',
-- 5 seq of the page before, 6 how many, 7 inserted from, 8 inserted until, 9 text of the last failure or ''. Out: as get.sql.
SELECT e.id, e.kind, e.queue, e.args, e.schema, e.asked_run_at, e.priority, e.asked_max_attempts, e.timeout_ms, e.tags, e.meta, e.seq,
       e.inserted_at, e.state, e.run_at, e.attempt, e.max_attempts, e.crashes, e.node_losses, e.interruptions, e.unknown_since, e.claim_no,
       e.holder, e.node, e.attempted_at, e.finished_at, e.result, e.progress_percent, e.progress_note, e.cancel_asked_at,
       CASE e.state WHEN 3 THEN (SELECT u.claimed_at FROM kue_unfinished u WHERE u.seq = e.seq) END
FROM {driver} d CROSS JOIN kue_every_job e ON e.seq = d.seq
WHERE d.seq {beyond} ?5 AND e.state IS NOT NULL AND (?1 >> e.state) & 1 AND (?2 = '' OR e.queue = ?2) AND (?3 = '' OR e.kind = ?3)
  AND (?4 = '' OR instr(e.tags, ?4) > 0)
  AND e.inserted_at >= ?7 AND e.inserted_at < ?8
  AND (?9 = '' OR coalesce((SELECT instr(a.type, ?9) > 0 OR instr(a.message, ?9) > 0 FROM kue_attempts a WHERE a.seq = e.seq ORDER BY a.number DESC LIMIT 1), 0))
ORDER BY d.seq {order} LIMIT ?6
