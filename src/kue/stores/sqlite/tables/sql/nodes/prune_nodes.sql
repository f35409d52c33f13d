-- Nodes that were declared dead long ago and hold nothing. In: 1 last beat before.
DELETE FROM kue_nodes WHERE dead = 1 AND beat_at < ?1 AND NOT EXISTS (SELECT 1 FROM kue_running r WHERE r.node = kue_nodes.node)
