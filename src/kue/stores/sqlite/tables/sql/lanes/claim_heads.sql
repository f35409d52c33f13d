-- The first claimable jobs of a queue, to merge several queues. In: 1 queue, 2 how many. Out: priority, seq.
SELECT priority, seq FROM kue_claimable WHERE queue = ?1 AND lane = 0 ORDER BY priority, first_seq, seq LIMIT ?2
