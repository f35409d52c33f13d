-- Whether a queue is known and paused. In: 1 name. Out: paused; no row: no such queue, so no job in it.
SELECT paused FROM kue_queues WHERE name = ?1
