-- Out: node, name, pid, beat, dead, running, boot_id, lock_path, lock_device, lock_inode.
SELECT n.node, n.name, n.pid, n.beat, n.dead, (SELECT count(*) FROM kue_running r WHERE r.node = n.node), n.boot_id, n.lock_path, n.lock_device, n.lock_inode
FROM kue_nodes n ORDER BY n.node
