-- The runs of a job that did not complete, oldest first. In: 1 seq.
SELECT claim_no, attempt, reason, type, message, backtrace, signal, started_at, ended_at, node, pid FROM attempts WHERE seq = ?1 ORDER BY number
