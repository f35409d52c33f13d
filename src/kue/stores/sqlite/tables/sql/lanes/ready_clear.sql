-- Every claimable job of a queue's plain lanes was taken. In: 1 queue.
DELETE FROM kue_ledger WHERE section = 2 AND queue = ?1 AND lane = 0
