-- How many final jobs each queue keeps now. In: 1 queue or ''. Out: queue, completed and cancelled, discarded.
SELECT name, completed + cancelled, discarded FROM kue_queues
WHERE completed + cancelled + discarded > 0 AND (?1 = '' OR name = ?1) ORDER BY name
