-- In: 1 seq.
DELETE FROM attempts WHERE seq = ?1
