-- Declares a node dead if it has not beaten since it was looked at. In: 1 node, 2 beat seen.
UPDATE kue_nodes SET dead = 1 WHERE node = ?1 AND beat = ?2
