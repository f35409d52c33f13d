-- Whose claim was the last of a final job; its lane is not kept. In: 1 id, 2 seq, 3 queue. Out: holder, claim_no.
SELECT f.holder, f.claim_no FROM kue_finished f JOIN kue_jobs j ON j.seq = f.seq WHERE f.seq = ?2 AND j.id = ?1 AND f.queue = ?3
