-- What was pushed; nothing if the id is known (changes() is 0 then).
-- In: 1 seq, 2 id, 3 kind, 4 queue, 5 args, 6 schema, 7 run_at or NULL, 8 priority, 9 max_attempts, 10 timeout_ms, 11 tags, 12 meta, 13 now.
INSERT INTO jobs (seq, id, kind, queue, args, schema, run_at, priority, max_attempts, timeout_ms, tags, meta, inserted_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (id) DO NOTHING
