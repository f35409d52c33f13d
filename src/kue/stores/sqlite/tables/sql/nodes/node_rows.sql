-- How many running jobs a node holds. In: 1 node.
SELECT count(*) FROM kue_running WHERE node = ?1
