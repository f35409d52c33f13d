-- In: 1 queue.
INSERT INTO kue_queues (name, paused) VALUES (?1, 1) ON CONFLICT (name) DO UPDATE SET paused = 1
