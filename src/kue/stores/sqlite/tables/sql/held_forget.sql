-- Stretches of a holder in which it holds nothing any more. In: 1 holder.
DELETE FROM held WHERE holder = ?1
  AND NOT EXISTS (SELECT 1 FROM unfinished u WHERE u.seq BETWEEN held.first_seq AND held.last_seq AND u.place = 3 AND u.holder = ?1)
