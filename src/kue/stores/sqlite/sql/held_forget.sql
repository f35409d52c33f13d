-- Stretches of a holder in which it holds nothing any more. In: 1 holder.
DELETE FROM held WHERE holder = ?1
  AND NOT EXISTS (SELECT 1 FROM live l WHERE l.seq BETWEEN held.first_seq AND held.last_seq AND l.place = 3 AND l.holder = ?1)
