-- A sign of life; nothing (changes() is 0) for a node that was declared dead. In: 1 node, 2 name, 3 pid, 4 now.
INSERT INTO nodes (node, name, pid, beat, beat_at) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT (node) DO UPDATE SET name = ?2, pid = ?3, beat = beat + 1, beat_at = ?4 WHERE dead = 0
