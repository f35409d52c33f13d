-- Whether a job came in under this number. In: 1 seq. Out: a row if so.
SELECT 1 FROM jobs WHERE seq = ?1
