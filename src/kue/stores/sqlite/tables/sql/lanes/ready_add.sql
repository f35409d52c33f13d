-- Jobs became claimable. A stretch of their lane that ends shortly before is made longer.
-- In: 1 queue, 2 priority, 3 lane, 4 first seq, 5 last seq, 6 how many numbers a stretch may skip.
INSERT INTO kue_ledger (section, queue, priority, lane, first_seq, last_seq)
VALUES (2, ?1, ?2, ?3, coalesce((SELECT CASE WHEN last_seq >= ?4 - ?6 THEN first_seq END FROM kue_ledger
                                 WHERE section = 2 AND queue = ?1 AND priority = ?2 AND lane = ?3 AND first_seq <= ?4 ORDER BY first_seq DESC LIMIT 1), ?4), ?5)
ON CONFLICT (section, queue, lane, priority, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
