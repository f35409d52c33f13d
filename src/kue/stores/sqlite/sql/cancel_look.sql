-- Where a job stands. In: 1 id. Out: seq, state in live or NULL, state in finished or NULL, queue, claim_no.
SELECT j.seq, l.state, f.state, j.queue, coalesce(l.claim_no, f.claim_no)
FROM jobs j LEFT JOIN live l ON l.seq = j.seq LEFT JOIN finished f ON f.seq = j.seq WHERE j.id = ?1
