-- A job leaves the finished table: retried. In: 1 seq.
DELETE FROM finished WHERE seq = ?1
