-- available, scheduled, retryable -> discarded (corrupt): a row that no longer reads as a job must not block its queue.
-- In: 1 seq, 2 now, 3 queue as text. Followed by unfinished_delete.sql.
INSERT OR REPLACE INTO kue_finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, claim_no, holder, node, finished_at)
SELECT ?1, 6, ?3, ?2, 0, 0, 0, 0, 0, CASE typeof(claim_no) WHEN 'integer' THEN claim_no ELSE 0 END, 0, 0, ?2 FROM kue_unfinished WHERE seq = ?1
