-- new -> available, scheduled: the job that push_one.sql wrote. In: 1 seq, 2 state, 3 place, 4 queue, 5 priority, 6 run_at, 7 max_attempts.
INSERT INTO kue_unfinished (seq, state, place, queue, priority, run_at, max_attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
