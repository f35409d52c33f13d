-- When a job was or will be due. In: 1 seq. Out: run_at.
SELECT run_at FROM kue_unfinished WHERE seq = ?1
