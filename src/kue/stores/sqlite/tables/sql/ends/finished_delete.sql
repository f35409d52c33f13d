-- A job leaves the finished table: retried or removed. In: 1 seq.
DELETE FROM kue_finished WHERE seq = ?1
