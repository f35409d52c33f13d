-- The fence's side of finishes or releases; of one that is final or unknown there is no row. Batch: rowid counts them, v1 id, v2 seq or
-- NULL: with it the index of ids, which is as large as the file is old, is not touched.
-- Out: rowid, seq, state, holder, queue, claim_no, node, marked by cancel.
SELECT b.rowid, u.seq, u.state, u.holder, u.queue, u.claim_no, u.node, u.cancel_asked_at IS NOT NULL
FROM batch b CROSS JOIN unfinished u ON u.seq = coalesce(b.v2, (SELECT j.seq FROM jobs j WHERE j.id = b.v1))
