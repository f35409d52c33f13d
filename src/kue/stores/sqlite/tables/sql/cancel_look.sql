-- Where a job stands. In: 1 id. Out: seq, state in unfinished or NULL, state in finished or NULL, queue, claim_no, finished_at or NULL.
SELECT j.seq, u.state, f.state, coalesce(u.queue, f.queue, j.queue), coalesce(u.claim_no, f.claim_no), f.finished_at
FROM jobs j LEFT JOIN unfinished u ON u.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq WHERE j.id = ?1
