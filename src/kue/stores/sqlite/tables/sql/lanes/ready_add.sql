-- Jobs of the plain lane became claimable. A stretch of it that ends shortly before is made longer.
-- In: 1 queue, 2 priority, 3 first seq, 4 last seq, 5 how many numbers a stretch may skip.
INSERT INTO kue_ready (queue, lane, priority, first_seq, last_seq)
VALUES (?1, 0, ?2, coalesce((SELECT CASE WHEN last_seq >= ?3 - ?5 THEN first_seq END FROM kue_ready
                             WHERE queue = ?1 AND lane = 0 AND priority = ?2 AND first_seq <= ?3 ORDER BY first_seq DESC LIMIT 1), ?3), ?4)
ON CONFLICT (queue, lane, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
