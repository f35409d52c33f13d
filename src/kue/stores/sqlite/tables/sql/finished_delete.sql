-- A job leaves the finished table: retried or removed. In: 1 seq.
DELETE FROM finished WHERE seq = ?1
