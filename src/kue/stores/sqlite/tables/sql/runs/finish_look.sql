-- The fence's side of finishes or releases; of one that is final or unknown there is no row. Batch: rowid counts them, v1 seq.
-- Out: rowid, state, holder, queue, lane, claim_no, node, marked by cancel, id.
SELECT b.rowid, u.state, u.holder, u.queue, u.lane, u.claim_no, u.node, u.cancel_asked_at IS NOT NULL, j.id
FROM kue_batch b CROSS JOIN kue_unfinished u ON u.seq = b.v1 LEFT JOIN kue_jobs j ON j.seq = u.seq
