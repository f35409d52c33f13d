-- Every claimable job of a queue up to a place in its order was taken: the stretches before it are gone, also those that were empty.
-- In: 1 queue, 2 priority, 3 lane, 4 seq.
DELETE FROM kue_ready WHERE queue = ?1 AND lane = ?3 AND (priority, first_seq) <= (?2, ?4) AND (priority < ?2 OR last_seq <= ?4)
