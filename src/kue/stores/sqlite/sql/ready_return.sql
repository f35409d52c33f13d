-- As ready_add.sql, for a job that stands in live. In: 1 seq, 2 how many numbers a stretch may skip.
INSERT INTO ready (queue, priority, first_seq, last_seq)
SELECT l.queue, l.priority, coalesce((SELECT CASE WHEN r.last_seq >= l.seq - ?2 THEN r.first_seq END FROM ready r
                                      WHERE r.queue = l.queue AND r.priority = l.priority AND r.first_seq <= l.seq ORDER BY r.first_seq DESC LIMIT 1), l.seq), l.seq
FROM live l WHERE l.seq = ?1
ON CONFLICT (queue, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
