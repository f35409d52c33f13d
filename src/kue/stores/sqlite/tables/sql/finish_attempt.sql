-- One run that did not complete. In: 1 seq, 2 claim_no, 3 attempt, 4 reason, 5 type, 6 message, 7 backtrace, 8 signal, 9 started_at, 10 ended_at, 11 node, 12 pid.
INSERT INTO attempts (seq, claim_no, attempt, reason, type, message, backtrace, signal, started_at, ended_at, node, pid)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
