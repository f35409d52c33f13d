-- One transition. In: 1 at, 2 id, 3 verb, 4 from or NULL, 5 to or NULL, 6 reason, 7 claim_no, 8 holder, 9 node, 10 stale.
INSERT INTO kue_events (at, id, verb, from_state, to_state, reason, claim_no, holder, node, stale) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
