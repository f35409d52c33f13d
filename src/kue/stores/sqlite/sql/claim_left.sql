-- Whether a queue still has claimable work. In: 1 queue. Out: a row if so.
SELECT 1 FROM live INDEXED BY live_claimable WHERE place = 2 AND queue = ?1 LIMIT 1
