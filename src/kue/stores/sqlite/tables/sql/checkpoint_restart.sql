-- Counts the checkpoints, and by that writes a page: the first commit after a whole checkpoint begins the WAL anew and syncs its head,
-- which is better done by the checkpointer than by the next push.
INSERT INTO store (name, value) VALUES ('checkpoints', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1
