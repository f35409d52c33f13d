-- A node's last word. In: 1 node.
DELETE FROM kue_nodes WHERE node = ?1 AND dead = 0
