-- Out: node, name, pid, beat, dead, running.
SELECT node, name, pid, beat, dead, (SELECT count(*) FROM live INDEXED BY live_running WHERE place = 3 AND live.node = nodes.node) FROM nodes ORDER BY node
