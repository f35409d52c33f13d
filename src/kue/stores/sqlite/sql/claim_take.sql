-- available, scheduled, retryable -> running. The candidate was read in the same transaction. In: 1 seq, 2 holder, 3 node, 4 now.
UPDATE live SET state = 3, place = 3, claim_no = claim_no + 1, holder = ?2, node = ?3, claimed_at = ?4,
                progress_percent = NULL, progress_note = NULL
WHERE seq = ?1
