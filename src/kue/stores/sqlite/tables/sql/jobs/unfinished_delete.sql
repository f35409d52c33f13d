-- A job leaves the hot table; it was copied to finished in the same transaction, or is removed. In: 1 seq.
DELETE FROM kue_unfinished WHERE seq = ?1
