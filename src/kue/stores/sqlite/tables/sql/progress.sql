-- How far a run is; nothing if the holder does not hold it. In: 1 id, 2 holder, 3 percent, 4 note.
UPDATE unfinished SET progress_percent = ?3, progress_note = ?4
WHERE seq = (SELECT seq FROM jobs WHERE id = ?1) AND state = 3 AND holder = ?2
