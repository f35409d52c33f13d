-- The first claimable jobs of a queue, from the index alone, to merge several queues. In: 1 queue, 2 how many. Out: priority, seq.
SELECT priority, seq FROM live INDEXED BY live_claimable WHERE place = 2 AND queue = ?1 ORDER BY priority, seq LIMIT ?2
