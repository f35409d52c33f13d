-- The fence's side of a finish or release. In: 1 id. Out: seq, state, holder, queue, claim_no, node; no row: it is final or unknown.
SELECT l.seq, l.state, l.holder, l.queue, l.claim_no, l.node FROM jobs j JOIN live l ON l.seq = j.seq WHERE j.id = ?1
