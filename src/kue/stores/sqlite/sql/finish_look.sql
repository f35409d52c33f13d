-- The fence's side of finishes or releases; of one that is final or unknown there is no row. Batch: rowid counts them, v1 id.
-- Out: rowid, seq, state, holder, queue, claim_no, node, marked by cancel.
SELECT b.rowid, l.seq, l.state, l.holder, l.queue, l.claim_no, l.node, l.cancel_asked_at IS NOT NULL
FROM batch b CROSS JOIN jobs j ON j.id = b.v1 CROSS JOIN live l ON l.seq = j.seq
