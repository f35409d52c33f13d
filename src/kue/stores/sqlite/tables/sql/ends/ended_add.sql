-- Jobs became final at one moment. In: 1 queue, 2 class (0 completed and cancelled, 1 discarded), 3 finished_at, 4 first seq, 5 last seq.
INSERT INTO kue_ended (queue, discarded, finished_at, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (queue, discarded, finished_at, first_seq) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)
