-- Jobs leave the hot table; they were copied to finished in the same transaction. Batch: v1 seq.
DELETE FROM unfinished WHERE seq IN (SELECT v1 FROM batch)
