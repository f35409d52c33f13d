-- Every claimable job of a queue was taken. In: 1 queue.
DELETE FROM kue_ledger WHERE section = 2 AND queue = ?1
