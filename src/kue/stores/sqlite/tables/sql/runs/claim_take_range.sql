-- The same as claim_take.sql, for jobs whose numbers follow each other. In: 1 holder, 2 node, 3 now, 4 first seq, 5 last seq.
UPDATE kue_unfinished SET state = 3, place = 3, claim_no = claim_no + 1, holder = ?1, node = ?2, claimed_at = ?3,
                progress_percent = NULL, progress_note = NULL
WHERE seq BETWEEN ?4 AND ?5
