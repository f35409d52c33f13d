-- Jobs were claimed. In: 1 holder, 2 lane, 3 first seq, 4 last seq.
INSERT INTO kue_held (holder, lane, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (holder, lane, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
