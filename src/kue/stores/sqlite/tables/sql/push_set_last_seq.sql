-- In: 1 the last number given to a job.
UPDATE store SET value = ?1 WHERE name = 'last_seq'
