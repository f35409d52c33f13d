-- Stretches of a holder in which it holds nothing any more. In: 1 holder.
DELETE FROM kue_held WHERE holder = ?1
  AND NOT EXISTS (SELECT 1 FROM kue_unfinished u WHERE u.seq BETWEEN kue_held.first_seq AND kue_held.last_seq AND u.place = 3 AND u.holder = ?1 AND u.lane = kue_held.lane)
