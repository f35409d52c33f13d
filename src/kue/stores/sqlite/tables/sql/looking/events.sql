-- In: 1 after which number, 2 how many. Out: all columns, in order.
SELECT seq, at, id, verb, from_state, to_state, reason, claim_no, holder, node, stale FROM kue_events WHERE seq > ?1 ORDER BY seq LIMIT ?2
