-- They stand among the claimable ones from here on, with ready_return.sql; their state changes with the claim only. Batch: v1 seq.
UPDATE kue_unfinished SET place = 2 WHERE seq IN (SELECT v1 FROM kue_batch)
