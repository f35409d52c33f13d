-- Adds to the numbers of one queue. In: 1 queue, 2 pushed, 3 scheduled .. 10 cancelled, in the order of kue::State.
INSERT INTO kue_queues (name, pushed, scheduled, blocked, available, running, retryable, completed, discarded, cancelled)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (name) DO UPDATE SET pushed = pushed + ?2, scheduled = scheduled + ?3, blocked = blocked + ?4, available = available + ?5,
  running = running + ?6, retryable = retryable + ?7, completed = completed + ?8, discarded = discarded + ?9, cancelled = cancelled + ?10
