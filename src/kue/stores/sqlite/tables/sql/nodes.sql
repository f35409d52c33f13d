-- Out: node, name, pid, beat, dead, running.
SELECT n.node, n.name, n.pid, n.beat, n.dead, (SELECT count(*) FROM running r WHERE r.node = n.node) FROM nodes n ORDER BY n.node
