-- Is there anything for ready_forget.sql?
SELECT EXISTS (SELECT 1 FROM kue_ready r WHERE NOT EXISTS (
  SELECT 1 FROM kue_claimable c WHERE c.queue = r.queue AND c.priority = r.priority AND c.lane = r.lane AND c.first_seq = r.first_seq))
