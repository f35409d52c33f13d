-- A job leaves the finished table: retried or pruned. In: 1 seq.
DELETE FROM finished WHERE seq = ?1
