-- The oldest final jobs of a class. In: 1 class (0 completed and cancelled, 1 discarded), 2 how many.
-- Out: seq, state, queue, claim_no, finished_at, id.
SELECT f.seq, f.state, f.queue, f.claim_no, f.finished_at, j.id
FROM finished f INDEXED BY finished_oldest LEFT JOIN jobs j ON j.seq = f.seq
WHERE (f.state = 6) = ?1 ORDER BY f.finished_at, f.seq LIMIT ?2
