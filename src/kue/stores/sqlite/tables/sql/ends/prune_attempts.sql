-- What failed of a job that is pruned or removed. In: 1 seq.
DELETE FROM kue_attempts WHERE seq = ?1
