-- As ready_add.sql, for a job that stands in kue_unfinished; the tail of its queue was folded. In: 1 seq, 2 how many numbers a stretch may skip.
INSERT INTO kue_ready (queue, lane, priority, first_seq, last_seq)
SELECT u.queue, u.lane, u.priority,
       coalesce((SELECT CASE WHEN r.last_seq >= u.seq - ?2 THEN r.first_seq END FROM kue_ready r
                 WHERE r.queue = u.queue AND r.lane = u.lane AND r.priority = u.priority AND r.first_seq <= u.seq
                 ORDER BY r.first_seq DESC LIMIT 1), u.seq), u.seq
FROM kue_unfinished u WHERE u.seq = ?1
ON CONFLICT (queue, lane, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
