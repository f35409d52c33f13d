-- What was pushed; a job whose id is known is left out, and its seq not used (changes() tells how many came in).
-- In: 1 the seq before the first, 2 now. Batch: rowid counts them, v1 id, v2 kind, v3 queue, v4 args, v5 schema, v6 run_at or NULL, v7 priority, v8 max_attempts,
-- v9 timeout_ms, v10 tags, v11 meta.
INSERT INTO kue_jobs (seq, id, kind, queue, args, schema, run_at, priority, max_attempts, timeout_ms, tags, meta, inserted_at)
SELECT ?1 + 1 + rowid, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, ?2 FROM kue_batch WHERE true
ON CONFLICT (id) DO NOTHING
