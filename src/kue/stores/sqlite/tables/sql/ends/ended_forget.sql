-- Stretches without a job, after prune_finished.sql. In: 1 queue, 2 class, 3 the youngest finished_at that was pruned.
DELETE FROM kue_ended WHERE queue = ?1 AND discarded = ?2 AND finished_at <= ?3
  AND NOT EXISTS (SELECT 1 FROM kue_finished f WHERE f.seq BETWEEN kue_ended.first_seq AND kue_ended.last_seq
                  AND f.finished_at = kue_ended.finished_at AND f.queue = kue_ended.queue AND (f.state = 6) = kue_ended.discarded)
