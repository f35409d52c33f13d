-- new: one job, with the next number (as push_last_number.sql); nothing if its id is known (changes() is 0). Followed by push_one_live.sql.
-- In: 1 id, 2 kind, 3 queue, 4 args, 5 schema, 6 run_at or NULL, 7 priority, 8 max_attempts, 9 timeout_ms, 10 tags, 11 meta, 12 now.
INSERT INTO kue_jobs (seq, id, kind, queue, args, schema, run_at, priority, max_attempts, timeout_ms, tags, meta, inserted_at)
VALUES (1 + max((SELECT value FROM kue_store WHERE name = 'last_seq'), coalesce((SELECT max(seq) FROM kue_jobs), 0)),
        ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
ON CONFLICT (id) DO NOTHING
