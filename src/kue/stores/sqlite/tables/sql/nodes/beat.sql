-- A sign of life; nothing (changes() is 0) for a node that was declared dead.
-- In: 1 node, 2 name, 3 pid, 4 now, 5 boot id, 6 path, 7 device and 8 inode of its lock file.
INSERT INTO kue_nodes (node, name, pid, beat, beat_at, boot_id, lock_path, lock_device, lock_inode) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (node) DO UPDATE SET name = ?2, pid = ?3, beat = beat + 1, beat_at = ?4, boot_id = ?5, lock_path = ?6, lock_device = ?7, lock_inode = ?8
WHERE dead = 0
