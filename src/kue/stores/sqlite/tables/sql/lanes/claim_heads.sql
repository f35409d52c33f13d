-- The first claimable jobs of a queue, to merge several queues. In: 1 queue, 2 how many.
-- Out: priority, lane, seq, first_seq and last_seq of the stretch.
SELECT priority, lane, seq, first_seq, last_seq FROM kue_claimable WHERE queue = ?1 AND lane = 0 ORDER BY priority, first_seq, seq LIMIT ?2
