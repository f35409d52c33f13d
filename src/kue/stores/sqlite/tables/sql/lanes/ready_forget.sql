-- Stretches without a job: all were cancelled, removed or given another place, and no claim has come by since.
DELETE FROM kue_ledger WHERE section = 2 AND NOT EXISTS (
  SELECT 1 FROM kue_claimable c
  WHERE c.queue = kue_ledger.queue AND c.priority = kue_ledger.priority AND c.lane = kue_ledger.lane AND c.first_seq = kue_ledger.first_seq)
