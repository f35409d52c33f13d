-- As ready_add.sql, for the jobs that claim_make_due.sql takes, before it. In: 1 queue, 2 now, 3 how many at most, 4 how many numbers a stretch may skip.
INSERT INTO ready (queue, priority, first_seq, last_seq)
SELECT u.queue, u.priority, coalesce((SELECT CASE WHEN r.last_seq >= u.seq - ?4 THEN r.first_seq END FROM ready r
                                      WHERE r.queue = u.queue AND r.priority = u.priority AND r.first_seq <= u.seq ORDER BY r.first_seq DESC LIMIT 1), u.seq), u.seq
FROM unfinished u INDEXED BY unfinished_later WHERE u.place = 1 AND u.queue = ?1 AND u.run_at <= ?2 ORDER BY u.run_at LIMIT ?3
ON CONFLICT (queue, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
