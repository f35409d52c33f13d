-- One run that did not complete. In: 1 seq, 2 claim_no, 3 attempt, 4 reason, 5 type, 6 message, 7 signal, 8 started_at, 9 ended_at, 10 node,
-- 11 pid, 12 record or NULL.
INSERT INTO kue_attempts (seq, claim_no, attempt, reason, type, message, signal, started_at, ended_at, node, pid, record)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, CAST(?12 AS BLOB))
