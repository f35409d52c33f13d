-- Whether a job came in under this number. In: 1 seq. Out: a row if so.
SELECT 1 FROM kue_jobs WHERE seq = ?1
