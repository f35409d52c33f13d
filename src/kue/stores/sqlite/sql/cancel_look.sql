-- Where a job stands. In: 1 id. Out: seq, state in unfinished or NULL, state in finished or NULL, queue, claim_no.
SELECT j.seq, u.state, f.state, j.queue, coalesce(u.claim_no, f.claim_no)
FROM jobs j LEFT JOIN unfinished u ON u.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq WHERE j.id = ?1
