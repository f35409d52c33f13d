-- A queue by its name. In: 1 name. Out: paused, whether it has a tail; no row: no such queue, so no job in it.
SELECT paused, tail_first <= tail_last FROM kue_queues WHERE name = ?1
