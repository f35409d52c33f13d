-- Numbers of jobs that are gone are not given again. In: 1 seq.
UPDATE kue_store SET value = ?1 WHERE name = 'last_seq' AND value < ?1
