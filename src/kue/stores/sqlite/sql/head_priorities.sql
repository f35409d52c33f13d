-- Of each priority in which a queue has claimable jobs, the first one, from the index alone: one look a priority. In: 1 queue. Out: seq.
WITH RECURSIVE head (priority, seq) AS (
  SELECT * FROM (SELECT priority, seq FROM live INDEXED BY live_claimable WHERE place = 2 AND queue = ?1 ORDER BY priority, seq LIMIT 1)
  UNION ALL
  SELECT (SELECT priority FROM live INDEXED BY live_claimable WHERE place = 2 AND queue = ?1 AND priority > head.priority ORDER BY priority, seq LIMIT 1),
         (SELECT seq FROM live INDEXED BY live_claimable WHERE place = 2 AND queue = ?1 AND priority > head.priority ORDER BY priority, seq LIMIT 1)
  FROM head WHERE head.seq IS NOT NULL
)
SELECT seq FROM head WHERE seq IS NOT NULL
