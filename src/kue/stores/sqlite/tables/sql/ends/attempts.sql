-- The runs of a job that did not complete, oldest first. In: 1 seq.
SELECT claim_no, attempt, reason, type, message, signal, started_at, ended_at, node, pid, record FROM kue_attempts WHERE seq = ?1 ORDER BY number
