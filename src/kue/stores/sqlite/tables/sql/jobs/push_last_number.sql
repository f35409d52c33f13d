-- The last number that was given, or must not be given again. Out: number.
SELECT max((SELECT value FROM kue_store WHERE name = 'last_seq'), coalesce((SELECT max(seq) FROM kue_jobs), 0))
