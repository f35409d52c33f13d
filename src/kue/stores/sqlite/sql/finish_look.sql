-- The fence's side of a finish or release. In: 1 id. Out: seq, state, holder, queue, claim_no, node, marked by cancel; no row: it is final or unknown.
SELECT l.seq, l.state, l.holder, l.queue, l.claim_no, l.node, l.cancel_asked_at IS NOT NULL FROM jobs j JOIN live l ON l.seq = j.seq WHERE j.id = ?1
