-- How far a run is; nothing if the claim is not the job's present one. In: 1 seq, 2 queue, 3 lane, 4 holder, 5 claim_no, 6 percent, 7 note.
UPDATE kue_unfinished SET progress_percent = ?6, progress_note = ?7
WHERE seq = ?1 AND state = 3 AND queue = ?2 AND lane = ?3 AND holder = ?4 AND claim_no = ?5
