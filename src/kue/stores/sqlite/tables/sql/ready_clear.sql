-- Every claimable job of a queue was taken. In: 1 queue.
DELETE FROM ready WHERE queue = ?1
