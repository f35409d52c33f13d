-- running stays running, and is marked: its worker asks it to stop. The first asking counts. In: 1 seq, 2 now.
UPDATE kue_unfinished SET cancel_asked_at = coalesce(cancel_asked_at, ?2) WHERE seq = ?1 AND state = 3
