-- Stretches without a job, after prune_finished.sql. In: 1 queue, 2 class, 3 the youngest finished_at that was pruned.
DELETE FROM ended WHERE queue = ?1 AND discarded = ?2 AND finished_at <= ?3
  AND NOT EXISTS (SELECT 1 FROM finished f WHERE f.seq BETWEEN ended.first_seq AND ended.last_seq
                  AND f.finished_at = ended.finished_at AND f.queue = ended.queue AND (f.state = 6) = ended.discarded)
