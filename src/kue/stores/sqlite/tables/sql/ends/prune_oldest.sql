-- The oldest final jobs of a queue. In: 1 queue, 2 class (0 completed and cancelled, 1 discarded), 3 ended before, 4 how many (-1: all).
-- Out: seq, state, claim_no, finished_at, id. Stretches of one moment may overlap: a job comes again, after one with a higher number.
SELECT f.seq, f.state, f.claim_no, f.finished_at, j.id
FROM kue_ended e CROSS JOIN kue_finished f ON f.seq BETWEEN e.first_seq AND e.last_seq LEFT JOIN kue_jobs j ON j.seq = f.seq
WHERE e.queue = ?1 AND e.discarded = ?2 AND e.finished_at < ?3
  AND f.finished_at = e.finished_at AND f.queue = e.queue AND (f.state = 6) = e.discarded
ORDER BY e.finished_at, e.first_seq, f.seq LIMIT ?4
