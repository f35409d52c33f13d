-- In: 1 queue.
INSERT INTO kue_ledger (section, queue, priority, lane, first_seq, last_seq, paused, pushed, scheduled, blocked, available, running, retryable, completed, discarded, cancelled)
VALUES (1, ?1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
ON CONFLICT (section, queue, lane, priority, first_seq) DO UPDATE SET paused = 1
