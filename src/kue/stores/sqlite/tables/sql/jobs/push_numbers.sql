-- Gives numbers to jobs; those of jobs whose ids are known stay unused. In: 1 how many. Out: the last number given before.
UPDATE kue_ledger SET last_seq = last_seq + ?1 WHERE section = 0 AND queue = '' AND priority = 0 AND lane = 0 AND first_seq = 0
RETURNING last_seq - ?1
