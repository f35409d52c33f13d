-- Who ended a final job. In: 1 id. Out: holder, claim_no.
SELECT f.holder, f.claim_no FROM jobs j JOIN finished f ON f.seq = j.seq WHERE j.id = ?1
