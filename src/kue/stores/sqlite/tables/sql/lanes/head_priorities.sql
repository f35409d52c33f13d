-- Of each priority in which a queue has claimable jobs, the first one: one look a priority. In: 1 queue. Out: seq.
WITH RECURSIVE each (priority) AS (
  SELECT min(priority) FROM kue_ready WHERE queue = ?1 AND lane = 0
  UNION ALL
  SELECT (SELECT min(priority) FROM kue_ready WHERE queue = ?1 AND lane = 0 AND priority > each.priority) FROM each WHERE each.priority IS NOT NULL
)
SELECT seq FROM (
  SELECT (SELECT c.seq FROM kue_claimable c WHERE c.queue = ?1 AND c.priority = each.priority AND c.lane = 0 ORDER BY c.first_seq, c.seq LIMIT 1) AS seq
  FROM each WHERE priority IS NOT NULL
) WHERE seq IS NOT NULL
