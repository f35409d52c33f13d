-- Jobs were claimed. In: 1 holder, 2 first seq, 3 last seq.
INSERT INTO held (holder, first_seq, last_seq) VALUES (?1, ?2, ?3)
ON CONFLICT (holder, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
