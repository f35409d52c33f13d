-- Is there anything for prune_nodes.sql? In: 1 last beat before.
SELECT EXISTS (SELECT 1 FROM kue_nodes WHERE dead = 1 AND beat_at < ?1)
