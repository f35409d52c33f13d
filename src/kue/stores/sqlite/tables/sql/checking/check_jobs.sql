-- Jobs that stand in no table, in two, or in a wrong one. Out: a sentence each.
WITH named (seq, id) AS NOT MATERIALIZED ( -- as the console takes it
  SELECT seq, lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' ||
                    substr(hex(id), 21)) FROM kue_jobs
)
SELECT format('job %s (number %d) is in no state: neither unfinished nor finished', j.id, j.seq) FROM named j
WHERE NOT EXISTS (SELECT 1 FROM kue_unfinished u WHERE u.seq = j.seq) AND NOT EXISTS (SELECT 1 FROM kue_finished f WHERE f.seq = j.seq)
UNION ALL
SELECT format('job number %d is unfinished and finished at once', u.seq) FROM kue_unfinished u JOIN kue_finished f ON f.seq = u.seq
UNION ALL
SELECT format('job number %d is unfinished and what was pushed is missing', u.seq) FROM kue_unfinished u WHERE NOT EXISTS (SELECT 1 FROM kue_jobs j WHERE j.seq = u.seq)
UNION ALL
SELECT format('job number %d is finished and what was pushed is missing', f.seq) FROM kue_finished f WHERE NOT EXISTS (SELECT 1 FROM kue_jobs j WHERE j.seq = f.seq)
UNION ALL
SELECT format('job number %d is unfinished in state number %d, which is no unfinished state', seq, state) FROM kue_unfinished WHERE state NOT IN (0, 1, 2, 3, 4)
UNION ALL
SELECT format('job number %d is finished in state number %d, which is not final', seq, state) FROM kue_finished WHERE state NOT IN (5, 6, 7)
UNION ALL
SELECT format('job number %d in state number %d stands in place %d, where nobody looks for it', seq, state, place) FROM kue_unfinished
WHERE NOT CASE state WHEN 0 THEN place IN (1, 2) WHEN 1 THEN place = 0 WHEN 2 THEN place = 2 WHEN 3 THEN place = 3 WHEN 4 THEN place IN (1, 2) ELSE 1 END
UNION ALL
SELECT format('job number %d runs for nobody: it has no holder', seq) FROM kue_unfinished WHERE state = 3 AND holder = 0
UNION ALL
SELECT format('job number %d was pushed to queue %s with priority %d and is unfinished in %s with %d', j.seq, j.queue, j.priority, u.queue, u.priority)
FROM kue_unfinished u JOIN kue_jobs j ON j.seq = u.seq WHERE u.queue <> j.queue OR u.priority <> j.priority
UNION ALL
SELECT format('an attempt of job number %d is kept and the job is gone', seq) FROM kue_attempts a WHERE NOT EXISTS (SELECT 1 FROM kue_jobs j WHERE j.seq = a.seq)
LIMIT 100
