-- Of the attempts before the newest ones the heads stay. In: 1 seq, 2 how many keep their record.
UPDATE kue_attempts SET record = NULL
WHERE seq = ?1 AND record IS NOT NULL AND number <= (SELECT number FROM kue_attempts WHERE seq = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
