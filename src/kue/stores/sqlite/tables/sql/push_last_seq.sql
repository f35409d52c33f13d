-- The last number given to a job. Read and written back inside one write transaction. Out: value.
SELECT value FROM store WHERE name = 'last_seq'
