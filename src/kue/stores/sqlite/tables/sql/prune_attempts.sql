-- What failed of a job that is pruned or removed. In: 1 seq.
DELETE FROM attempts WHERE seq = ?1
