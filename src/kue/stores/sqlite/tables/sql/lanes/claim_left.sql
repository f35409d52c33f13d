-- Whether a queue still has claimable work. In: 1 queue. Out: a row if so.
SELECT 1 FROM kue_claimable WHERE queue = ?1 AND lane = 0 LIMIT 1
