-- The oldest final jobs of a queue. In: 1 queue, 2 class (0 completed and cancelled, 1 discarded), 3 ended before, 4 how many (-1: all).
-- Out: seq, state, claim_no, finished_at, id.
SELECT f.seq, f.state, f.claim_no, f.finished_at, j.id
FROM finished f INDEXED BY finished_of_queue LEFT JOIN jobs j ON j.seq = f.seq
WHERE f.queue = ?1 AND (f.state = 6) = ?2 AND f.finished_at < ?3 ORDER BY f.finished_at, f.seq LIMIT ?4
