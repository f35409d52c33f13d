-- Jobs leave the hot table; they were copied to finished in the same transaction. Batch: v1 seq.
DELETE FROM kue_unfinished WHERE seq IN (SELECT v1 FROM kue_batch)
