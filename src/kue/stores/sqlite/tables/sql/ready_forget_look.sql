-- Is there anything for ready_forget.sql?
SELECT EXISTS (SELECT 1 FROM ready r WHERE NOT EXISTS (
  SELECT 1 FROM claimable c WHERE c.queue = r.queue AND c.priority = r.priority AND c.first_seq = r.first_seq))
