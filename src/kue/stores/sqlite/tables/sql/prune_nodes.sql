-- Nodes that were declared dead long ago and hold nothing. In: 1 last beat before. Out: node.
DELETE FROM nodes WHERE dead = 1 AND beat_at < ?1 AND NOT EXISTS (SELECT 1 FROM running r WHERE r.node = nodes.node) RETURNING node
