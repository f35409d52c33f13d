-- And not more than so many heads. In: 1 seq, 2 how many stay.
DELETE FROM kue_attempts WHERE seq = ?1 AND number <= (SELECT number FROM kue_attempts WHERE seq = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
