-- A job leaves the hot table; it was copied to finished in the same transaction, or is removed. In: 1 seq.
DELETE FROM unfinished WHERE seq = ?1
