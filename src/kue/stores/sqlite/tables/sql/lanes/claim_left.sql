-- Whether a queue still has claimable work. In: 1 queue. Out: a row if so.
SELECT 1 WHERE EXISTS (SELECT 1 FROM kue_claimable WHERE queue = ?1 AND lane = 0) OR EXISTS (SELECT 1 FROM kue_tail WHERE queue = ?1)
