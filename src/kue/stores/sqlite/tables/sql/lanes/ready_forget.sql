-- Stretches without a job: all were cancelled, removed or given another place, and no claim has come by since.
DELETE FROM kue_ready WHERE NOT EXISTS (
  SELECT 1 FROM kue_claimable c
  WHERE c.queue = kue_ready.queue AND c.priority = kue_ready.priority AND c.lane = kue_ready.lane AND c.first_seq = kue_ready.first_seq)
