-- running -> cancelled, for a job that was marked by cancel_running.sql and would wait again; the counters stay. The fence was
-- compared in the same transaction. Followed by unfinished_delete.sql. In: 1 seq, 2 started_at or NULL, 3 result or NULL, 4 now.
INSERT INTO kue_finished (seq, state, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
                      claim_no, holder, node, claimed_at, attempted_at, progress_percent, progress_note, result, finished_at)
SELECT seq, 7, queue, run_at, attempt, max_attempts, crashes, node_losses, interruptions, unknown_since,
       claim_no, holder, node, claimed_at, coalesce(?2, attempted_at), progress_percent, progress_note, coalesce(?3, result), ?4
FROM kue_unfinished WHERE seq = ?1
