-- Stretches without a job: all were cancelled, removed or given another place, and no claim has come by since.
DELETE FROM ready WHERE NOT EXISTS (
  SELECT 1 FROM claimable c WHERE c.queue = ready.queue AND c.priority = ready.priority AND c.first_seq = ready.first_seq)
