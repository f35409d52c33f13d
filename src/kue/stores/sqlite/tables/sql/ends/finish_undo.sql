-- finish_final.sql left some out: those that it took are taken back. A job that is not final stands in unfinished alone. Batch: v1 seq.
DELETE FROM kue_finished WHERE seq IN (SELECT u.seq FROM kue_batch b CROSS JOIN kue_unfinished u ON u.seq = b.v1)
