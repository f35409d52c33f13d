-- The same as unfinished_delete_all.sql, for jobs whose numbers follow each other. In: 1 first seq, 2 last seq.
DELETE FROM kue_unfinished WHERE seq BETWEEN ?1 AND ?2
