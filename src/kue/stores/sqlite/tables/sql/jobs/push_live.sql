-- new -> available, scheduled: all jobs that push_jobs.sql wrote. In: 1 the first seq, 2 the last, 3 now.
INSERT INTO kue_unfinished (seq, state, place, queue, priority, run_at, max_attempts)
SELECT seq, CASE WHEN run_at > ?3 THEN 0 ELSE 2 END, CASE WHEN run_at > ?3 THEN 1 ELSE 2 END, queue, priority, coalesce(run_at, ?3), max_attempts
FROM kue_jobs WHERE seq BETWEEN ?1 AND ?2
