-- As ready_add.sql, for the jobs that claim_make_due.sql takes, before it. In: 1 queue, 2 now, 3 how many at most, 4 how many numbers a stretch may skip.
INSERT INTO ready (queue, priority, first_seq, last_seq)
SELECT l.queue, l.priority, coalesce((SELECT CASE WHEN r.last_seq >= l.seq - ?4 THEN r.first_seq END FROM ready r
                                      WHERE r.queue = l.queue AND r.priority = l.priority AND r.first_seq <= l.seq ORDER BY r.first_seq DESC LIMIT 1), l.seq), l.seq
FROM live l INDEXED BY live_later WHERE l.place = 1 AND l.queue = ?1 AND l.run_at <= ?2 ORDER BY l.run_at LIMIT ?3
ON CONFLICT (queue, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
