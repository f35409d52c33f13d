-- Who ended a final job. In: 1 id, 2 seq or NULL. Out: holder, claim_no.
SELECT f.holder, f.claim_no FROM jobs j JOIN finished f ON f.seq = j.seq WHERE j.id = ?1 AND f.seq = coalesce(?2, f.seq)
