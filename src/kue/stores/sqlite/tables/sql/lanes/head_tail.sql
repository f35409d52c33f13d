-- The first job of a queue's tail, if no other stands before it in its priority. In: 1 queue. Out: seq.
SELECT t.seq FROM kue_tail t WHERE t.queue = ?1
  AND NOT EXISTS (SELECT 1 FROM kue_claimable c WHERE c.queue = ?1 AND c.lane = 0 AND c.priority = t.priority) ORDER BY t.seq LIMIT 1
