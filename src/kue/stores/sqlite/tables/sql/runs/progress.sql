-- How far a run is; nothing if the claim is not the job's present one. In: 1 seq, 2 holder, 3 claim_no, 4 percent, 5 note, 6 queue, 7 lane.
UPDATE kue_unfinished SET progress_percent = ?4, progress_note = ?5 WHERE seq = ?1 AND state = 3 AND holder = ?2 AND claim_no = ?3 AND queue = ?6 AND lane = ?7
