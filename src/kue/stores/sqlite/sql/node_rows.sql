-- How many running jobs a node holds. In: 1 node.
SELECT count(*) FROM live INDEXED BY live_running WHERE place = 3 AND node = ?1
