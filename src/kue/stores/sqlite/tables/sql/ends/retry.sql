-- discarded, cancelled -> available; the counters begin again. In: 1 seq, 2 now. Followed by finished_delete.sql.
INSERT INTO kue_unfinished (seq, state, place, queue, priority, run_at, max_attempts, claim_no, holder, node, claimed_at, attempted_at,
                  progress_percent, progress_note, result)
SELECT f.seq, 2, 2, f.queue, j.priority, ?2, f.max_attempts, f.claim_no, f.holder, f.node, f.claimed_at, f.attempted_at,
       f.progress_percent, f.progress_note, f.result
FROM kue_finished f JOIN kue_jobs j ON j.seq = f.seq WHERE f.seq = ?1 AND f.state IN (6, 7)
