-- Where a job stands. In: 1 id. Out: seq, state, queue, claim_no, finished_at or NULL, priority, lane.
SELECT j.seq, coalesce(u.state, f.state), coalesce(u.queue, f.queue), coalesce(u.claim_no, f.claim_no), f.finished_at, j.priority, coalesce(u.lane, 0)
FROM kue_jobs j LEFT JOIN kue_unfinished u ON u.seq = j.seq LEFT JOIN kue_finished f ON f.seq = j.seq
WHERE j.id = ?1 AND coalesce(u.state, f.state) IS NOT NULL
