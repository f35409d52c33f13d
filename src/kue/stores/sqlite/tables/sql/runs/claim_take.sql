-- available, scheduled, retryable -> running. The candidates were read in the same transaction. In: 1 holder, 2 node, 3 now. Batch: v1 seq.
UPDATE kue_unfinished SET state = 3, place = 3, claim_no = claim_no + 1, holder = ?1, node = ?2, claimed_at = ?3,
                progress_percent = NULL, progress_note = NULL
WHERE seq IN (SELECT v1 FROM kue_batch)
