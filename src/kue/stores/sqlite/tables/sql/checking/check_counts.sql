-- Counters that differ from the jobs. Out: a sentence each.
WITH real (queue, state, jobs) AS (
  SELECT queue, state, count(*) FROM (SELECT queue, state FROM kue_unfinished UNION ALL SELECT queue, state FROM kue_finished) GROUP BY queue, state
), counted (queue, state, jobs) AS (
  SELECT name, 0, scheduled FROM kue_queues UNION ALL SELECT name, 1, blocked FROM kue_queues UNION ALL SELECT name, 2, available FROM kue_queues
  UNION ALL SELECT name, 3, running FROM kue_queues UNION ALL SELECT name, 4, retryable FROM kue_queues UNION ALL SELECT name, 5, completed FROM kue_queues
  UNION ALL SELECT name, 6, discarded FROM kue_queues UNION ALL SELECT name, 7, cancelled FROM kue_queues
), every (queue, state) AS (SELECT queue, state FROM real UNION SELECT queue, state FROM counted)
SELECT format('queue %s counts %d jobs in state number %d and has %d', e.queue, coalesce(c.jobs, 0), e.state, coalesce(r.jobs, 0))
FROM every e LEFT JOIN real r ON r.queue = e.queue AND r.state = e.state LEFT JOIN counted c ON c.queue = e.queue AND c.state = e.state
WHERE coalesce(c.jobs, 0) <> coalesce(r.jobs, 0) LIMIT 100
