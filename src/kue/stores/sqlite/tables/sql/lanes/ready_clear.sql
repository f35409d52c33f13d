-- Every claimable job of a queue's plain lane was taken. In: 1 queue.
DELETE FROM kue_ready WHERE queue = ?1 AND lane = 0
